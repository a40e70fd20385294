package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Durations;
import io.flocker.core.spec.ServiceSpec.Pull;
import io.flocker.core.spec.UpgradeSpec;
import java.util.Optional;

/// Reads a service's `x-flocker: {upgrade: {watch: true, interval: 1m}}`: whether it follows its image's name.
final class WatchReader {
    private WatchReader() {}

    /// As [UpgradeSpec#watchMillis].
    ///
    /// @param upgrade of the service's `x-flocker`; its other keys are another reader's
    static long read(Optional<Section> upgrade, String image, Pull pull) {
        if (upgrade.isEmpty()) {
            return 0;
        }
        Section section = upgrade.get();
        Optional<Value> watch = section.get("watch");
        boolean watches = watch.map(Value::flag).orElse(false);
        long millis = section.get("interval").map(WatchReader::interval).orElse(UpgradeSpec.WATCH_MILLIS);
        if (!watches) {
            section.get("interval").ifPresent(it -> it.complainAtKey("has no effect without watch: true beside it"));
            return 0;
        }
        watch.ifPresent(it -> refuseIfFixed(it, image, pull));
        return millis;
    }

    private static long interval(Value value) {
        long millis = value.millis();
        boolean within = millis >= UpgradeSpec.MIN_WATCH_MILLIS && millis <= UpgradeSpec.MAX_WATCH_MILLIS;
        if (!within
                && value.isScalar()
                && Durations.millis(value.text().orElse("")).isPresent()) {
            value.complain("must be from 5s to 1d");
        }
        return within ? millis : UpgradeSpec.WATCH_MILLIS;
    }

    private static void refuseIfFixed(Value watch, String image, Pull pull) {
        if (image.indexOf('@') >= 0) {
            watch.complain("cannot be: the image is named by its digest, which never stands for anything else; write"
                    + " NAME:TAG");
        } else if (pull == Pull.NEVER) {
            watch.complain(
                    "cannot be: no registry is asked for an image that is built here or has" + " pull_policy: never");
        }
    }
}
