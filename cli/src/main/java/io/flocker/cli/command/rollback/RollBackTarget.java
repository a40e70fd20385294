package io.flocker.cli.command.rollback;

import io.flocker.cli.shell.CommandException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What to roll back, as a user names it: `ENV`, `ENV@CHECKPOINT` or `ENV/NAME`, where NAME is a service or a volume.
///
/// @param environment empty if it is not said
/// @param member the service or volume; empty for the whole environment
/// @param checkpoint what stands after `@`; empty for nothing
record RollBackTarget(String environment, String member, String checkpoint) {
    private static final Pattern FORM = Pattern.compile("([^/@]*)(?:/([^/@]+))?(?:@([^/@]+))?");

    /// Reads what is written after `flocker rollback`; empty for the default environment.
    static RollBackTarget parse(String text) throws CommandException {
        var matcher = FORM.matcher(text);
        if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2) != null)) {
            throw CommandException.usage("A rollback is of ENVIRONMENT, ENVIRONMENT@CHECKPOINT, ENVIRONMENT/SERVICE or"
                    + " ENVIRONMENT/VOLUME, not of \"" + text + "\"");
        }
        return new RollBackTarget(matcher.group(1), orEmpty(matcher.group(2)), orEmpty(matcher.group(3)));
    }

    private static String orEmpty(@Nullable String group) {
        return group == null ? "" : group;
    }
}
