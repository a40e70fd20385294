package io.flocker.core.spec;

/// Something a container sees at a path of its own.
public sealed interface Mount {
    /// The absolute path inside the container.
    String path();

    /// A named volume of the environment.
    record Volume(String volume, String path, boolean readOnly) implements Mount {}

    /// A folder or file of the node itself. Pins the service to nodes that have it.
    record Host(String source, String path, boolean readOnly) implements Mount {}

    /// Memory. `sizeBytes` 0 for Docker's default.
    record Memory(String path, long sizeBytes) implements Mount {}

    /// A config or secret: one of the application's files, with its mode in octal (`0444`).
    record File(String file, String path, String mode) implements Mount {}
}
