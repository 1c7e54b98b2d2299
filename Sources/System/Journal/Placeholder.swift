/// Version of the Journal layer.
public enum JournalPlaceholder {}
