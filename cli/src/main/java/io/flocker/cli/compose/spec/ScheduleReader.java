package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.cluster.Names;
import io.flocker.core.cron.Cron;
import io.flocker.core.schedule.ScheduleRules;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.StepSpec;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Reads what a file's own `x-flocker` says about schedules: `{schedules: {nightly: {schedule:
/// "0 6 * * MON", time_zone: Europe/Paris, steps: [run: import, refresh: [alice]]}}}`, or for only one,
/// called `default`, the same keys at once.
final class ScheduleReader {
    private static final String ONLY = "default";

    static {
        // The library for cron expressions would log, and commands have no log: that need not be said.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    private final Map<String, ServiceSpec> services;

    private ScheduleReader(Map<String, ServiceSpec> services) {
        this.services = services;
    }

    /// @param own the file's `x-flocker`
    static TreePMap<String, ScheduleSpec> read(Optional<Section> own, Map<String, ServiceSpec> services) {
        if (own.isEmpty()) {
            return TreePMap.empty();
        }
        var reader = new ScheduleReader(services);
        var schedules = new TreeMap<String, ScheduleSpec>();
        own.get().entries("schedules").forEach((name, value) -> {
            if (!Names.valid(name)) {
                value.complainAtKey(
                        "cannot be the name of a schedule: use up to 63 lower-case letters, digits, '-', '_'"
                                + " and '.'");
            }
            Section section = value.section("a schedule");
            reader.schedule(section, value).ifPresent(spec -> schedules.put(name, spec));
            section.end();
        });
        boolean only = false;
        for (String key : new String[] {"schedule", "time_zone", "steps", "overlap", "notify"}) {
            only |= own.get().has(key);
        }
        if (only) {
            reader.schedule(own.get(), own.get().value()).ifPresent(spec -> schedules.put(ONLY, spec));
        }
        if (schedules.size() > ScheduleSpec.MAX_SCHEDULES) {
            own.get().value().complain("has too many schedules: at most " + ScheduleSpec.MAX_SCHEDULES);
        }
        return TreePMap.from(schedules);
    }

    private Optional<ScheduleSpec> schedule(Section section, Value at) {
        Optional<Value> cron = section.get("schedule");
        String zone = zone(section);
        Optional<Value> listed = section.get("steps");
        List<StepSpec> steps = new ArrayList<>();
        listed.ifPresent(it -> it.items().forEach(step -> step(step).ifPresent(steps::add)));
        boolean queues = section.oneOf("overlap", "skip", "queue").equals("queue");
        String notifyUrl = section.text("notify").strip();
        if (!notifyUrl.isEmpty() && !notifyUrl.matches("https?://[^\\s]+")) {
            section.get("notify").ifPresent(it -> it.complain("must be a URL that begins with http:// or https://"));
        }
        if (cron.isEmpty()) {
            at.complain("must say when: schedule: \"0 6 * * MON\" (minute, hour, day of the month, month, day of the"
                    + " week)");
        }
        String times = cron.flatMap(Value::word).orElse("* * * * *");
        Cron.objection(times)
                .ifPresent(why -> cron.ifPresent(it -> it.complain("is no time: \"" + Shown.word(times)
                        + "\": " + Shown.line(why)
                        + "; write minute, hour, day of the month, month and day of the week, as in"
                        + " \"0 6 * * MON\"")));
        if (listed.isEmpty()) {
            at.complain("must say what to do: steps: [run: JOB, checkpoint: NAME, refresh: [BRANCH]]");
        } else if (listed.get().isList()
                && (listed.get().items().isEmpty() || listed.get().items().size() > ScheduleSpec.MAX_STEPS)) {
            listed.get().complain("must be 1 to " + ScheduleSpec.MAX_STEPS + " steps");
        }
        return Optional.of(new ScheduleSpec(
                times,
                zone,
                List.copyOf(steps),
                queues ? ScheduleSpec.Overlap.QUEUE : ScheduleSpec.Overlap.SKIP,
                notifyUrl));
    }

    private static String zone(Section section) {
        Optional<Value> value = section.get("time_zone");
        String zone = value.flatMap(Value::word).orElse("UTC");
        if (Cron.zone(zone).isEmpty()) {
            value.ifPresent(it -> it.complain("is not a time zone: \"" + Shown.word(zone) + "\""
                    + Nearest.to(zone, ZoneId.getAvailableZoneIds())
                            .map(near -> "; did you mean \"" + near + "\"?")
                            .orElse("; write one as Europe/Paris or UTC")));
            return "UTC";
        }
        return zone;
    }

    private Optional<StepSpec> step(Value value) {
        if (!value.isMap()) {
            value.complain("must be a step: run: JOB, checkpoint: NAME or refresh: [BRANCH]");
            return Optional.empty();
        }
        Section step = value.section("a step");
        Optional<Value> run = step.get("run");
        Optional<Value> checkpoint = step.get("checkpoint");
        Optional<Value> refresh = step.get("refresh");
        List<String> command = run.isPresent() ? step.texts("command") : List.of();
        step.end();
        long said = List.of(run, checkpoint, refresh).stream()
                .filter(Optional::isPresent)
                .count();
        if (said > 1) {
            value.complain("must be one step: put each of them into an item of its own");
        } else if (said == 0 && value.entries().isEmpty()) {
            value.complain("must be a step: run: JOB, checkpoint: NAME or refresh: [BRANCH]");
        }
        if (run.isPresent()) {
            return run.get().word().map(job -> run(run.get(), job, command));
        }
        if (checkpoint.isPresent()) {
            return checkpoint.get().word().map(name -> checkpoint(checkpoint.get(), name));
        }
        return refresh.map(it -> new StepSpec.Refresh(it.texts()));
    }

    private StepSpec run(Value at, String job, List<String> command) {
        ServiceSpec service = services.get(job);
        if (service == null) {
            at.complain("runs \"" + Shown.word(job) + "\", which is not a service of this file"
                    + Nearest.hint(job, services.keySet()));
        } else if (service.job().isEmpty()) {
            at.complain("runs \"" + Shown.word(job) + "\", which is not a job; write x-flocker: {job: true} there");
        }
        return new StepSpec.Run(job, List.copyOf(command));
    }

    private static StepSpec checkpoint(Value at, String name) {
        if (!Names.valid(name) || name.length() > ScheduleRules.MAX_CHECKPOINT) {
            at.complain("cannot be the name of a checkpoint: use up to " + ScheduleRules.MAX_CHECKPOINT
                    + " lower-case letters, digits, '-', '_' and '.'");
        }
        return new StepSpec.Checkpoint(name);
    }
}
