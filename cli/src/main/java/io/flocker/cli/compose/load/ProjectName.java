package io.flocker.cli.compose.load;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// A project's name, which becomes its environment's: lower-case letters, digits, hyphens and underscores, of which
/// the first is a letter or digit.
public final class ProjectName {
    public static final int MAX_LENGTH = 63;

    private ProjectName() {}

    /// Why a name that someone chose cannot be used; empty if it can.
    public static Optional<String> complaint(String name) {
        return name.matches("[a-z0-9][a-z0-9_-]*") && name.length() <= MAX_LENGTH
                ? Optional.empty()
                : Optional.of("a project's name must be of lower-case letters, digits, - and _, begin with a letter or"
                        + " digit and have at most " + MAX_LENGTH + " characters"
                        + normalised(name)
                                .map(it -> "; \"" + it + "\" would do")
                                .orElse(""));
    }

    /// The name of a folder, as Compose makes a project's name of it; empty if nothing is left.
    public static Optional<String> of(Path folder) {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return last == null ? Optional.empty() : normalised(last.toString());
    }

    private static Optional<String> normalised(String text) {
        String name =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "").replaceFirst("^[_-]+", "");
        return name.isEmpty() ? Optional.empty() : Optional.of(name.substring(0, Math.min(name.length(), MAX_LENGTH)));
    }
}
