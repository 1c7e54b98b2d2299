;; The text of a component; a node takes only bytes.
(component)
