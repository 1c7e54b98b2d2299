/// Version of the Sequencer layer.
public enum SequencerPlaceholder {}
