/// Version of the Platform layer.
public enum PlatformPlaceholder {}
