// The state of the page: one object that views read and controllers change. Changes are gathered until the next
// frame, so that a thousand messages a second cost one drawing a frame.

import { useEffect, useRef, useState } from "/vendor/preact-htm.js";

export function makeStore(initial) {
  let state = initial;
  const listeners = new Set();
  let isScheduled = false;
  const tell = () => {
    isScheduled = false;
    for (const listener of [...listeners]) listener();
  };
  // A page in the background gets no frames; a timer keeps its state moving.
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    if (document.hidden) setTimeout(tell, 250);
    else requestAnimationFrame(tell);
  };
  return {
    get: () => state,
    set(changes) {
      state = { ...state, ...(typeof changes === "function" ? changes(state) : changes) };
      schedule();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What a view needs of a store; it is drawn again when that is another value than before. */
export function useStore(store, select) {
  const [, draw] = useState(0);
  const kept = useRef();
  kept.current = { select, value: select(store.get()) };
  useEffect(() => {
    const look = () => {
      const value = kept.current.select(store.get());
      if (!Object.is(value, kept.current.value)) draw((count) => count + 1);
    };
    // Something may have changed between the drawing and now.
    look();
    return store.subscribe(look);
  }, [store]);
  return kept.current.value;
}
