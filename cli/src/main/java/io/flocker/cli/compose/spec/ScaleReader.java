package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Durations;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads a service's `x-flocker: {scale: {min: 2, max: 10, target: {requests_per_second: 200, cpu: 60%}}}`,
/// by which its number of instances follows its load, or `x-flocker: {scale: {per_core: true}}`, by which it
/// follows the nodes.
final class ScaleReader {
    private final Optional<Section> scale;
    private final Optional<Autoscale> autoscale;
    private final boolean perCore;

    /// @param own the service's `x-flocker`
    ScaleReader(Optional<Section> own) {
        scale = own.flatMap(it -> it.get("scale")).map(it -> it.section("a service's scale"));
        perCore = scale.map(it -> it.flag("per_core")).orElse(false);
        autoscale = scale.flatMap(it -> perCore ? alone(it) : follows(it));
        scale.ifPresent(Section::end);
    }

    private static Optional<Autoscale> alone(Section scale) {
        for (String key : new String[] {"min", "max", "target", "down_after"}) {
            scale.get(key)
                    .ifPresent(it -> it.complainAtKey(
                            "contradicts per_core: true, by which the number follows the nodes; remove one of them"));
        }
        return Optional.empty();
    }

    private static Optional<Autoscale> follows(Section scale) {
        OptionalLong min = count(scale, "min");
        OptionalLong max = count(scale, "max");
        OptionalLong requests = OptionalLong.empty();
        OptionalInt cpu = OptionalInt.empty();
        Optional<Section> target = scale.get("target").map(it -> it.section("a target"));
        if (target.isPresent()) {
            requests = target.get().number("requests_per_second", 1, Autoscale.MOST_REQUESTS);
            cpu = target.get().get("cpu").map(ScaleReader::percent).orElse(OptionalInt.empty());
            target.get().end();
        } else if (!scale.has("target") && !scale.has("per_core")) {
            scale.value()
                    .complainAtKey("has no target; add target: {requests_per_second: 200} or target: {cpu: 60%}, for"
                            + " each instance");
        }
        long down = scale.get("down_after").map(ScaleReader::downAfter).orElse(Autoscale.DOWN_AFTER_MILLIS);
        if (min.isEmpty() || max.isEmpty() || (requests.isEmpty() && cpu.isEmpty())) {
            return Optional.empty();
        }
        OptionalInt rate = requests.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) requests.getAsLong());
        return Optional.of(new Autoscale((int) min.getAsLong(), (int) max.getAsLong(), rate, cpu, down));
    }

    private static OptionalLong count(Section scale, String key) {
        Optional<Value> value = scale.get(key);
        if (value.isEmpty()) {
            if (!scale.has("per_core")) {
                scale.value().complainAtKey("has no " + key + "; add " + key + ": NUMBER, of instances");
            }
            return OptionalLong.empty();
        }
        if (value.get().text().orElse("").strip().equals("0")) {
            value.get().complain("must be 1 or more: with no instance there is no load to follow");
            return OptionalLong.empty();
        }
        return value.get().number(1, Autoscale.MOST_INSTANCES);
    }

    /// A share of a core: `60%`.
    private static OptionalInt percent(Value share) {
        String text = share.text().orElse("").strip();
        if (!text.matches("[1-9][0-9]{0,4}%")
                || Integer.parseInt(text.substring(0, text.length() - 1)) > Autoscale.MOST_CPU_PERCENT) {
            share.complain("must be a share of a core, or of the service's cpus, such as 60% (from 1% to "
                    + Autoscale.MOST_CPU_PERCENT + "%), not \"" + Shown.word(text) + "\"");
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(text.substring(0, text.length() - 1)));
    }

    private static long downAfter(Value value) {
        long millis = value.millis();
        boolean within = millis >= Autoscale.MIN_DOWN_AFTER_MILLIS && millis <= Autoscale.MAX_DOWN_AFTER_MILLIS;
        if (!within && Durations.millis(value.text().orElse("")).isPresent()) {
            value.complain("must be from 5s to 1d");
        }
        return within ? millis : Autoscale.DOWN_AFTER_MILLIS;
    }

    Optional<Autoscale> autoscale() {
        return autoscale;
    }

    boolean perCore() {
        return perCore;
    }

    PlacementSpec placement(PlacementSpec placement) {
        return perCore ? placement.onEveryCore() : placement;
    }

    /// Complains about what cannot follow its load, or be there once for each core.
    void refuse(ServiceSpec spec) {
        if (scale.isEmpty()) {
            return;
        }
        Value at = scale.get().value();
        spec.scaleObjection().ifPresent(why -> at.complainAtKey("cannot be: " + why));
        if (perCore && spec.onlyOnce().isPresent()) {
            at.complainAtKey("cannot be: with per_core, a node runs several instances, and only one of a node can have "
                    + spec.onlyOnce().get());
        }
    }
}
