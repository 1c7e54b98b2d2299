/// Placeholder.
public enum SimulatedPlatformPlaceholder {}
