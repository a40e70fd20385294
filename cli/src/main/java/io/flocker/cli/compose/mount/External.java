package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;

/// Compose's `external`: something made outside of the project, which an environment of Flocker cannot rely on.
final class External {
    private External() {}

    /// Complains if `external` is there and true.
    static void refuse(Section section, String instead) {
        section.get("external")
                .filter(value -> value.isMap() || value.flag())
                .ifPresent((Value value) -> value.complainAtKey("is not supported: " + instead));
    }
}
