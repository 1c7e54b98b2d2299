/// Placeholder.
public enum ReferenceVenuePlaceholder {}
