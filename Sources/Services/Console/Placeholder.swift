/// Version of the Console layer.
public enum ConsolePlaceholder {}
