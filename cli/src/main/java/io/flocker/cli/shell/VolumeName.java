package io.flocker.cli.shell;

/// A volume as users name it: `ENVIRONMENT/VOLUME`.
public record VolumeName(String environment, String volume) {
    @Override
    public String toString() {
        return environment + "/" + volume;
    }
}
