package io.flocker.core.schedule;

import io.flocker.core.cluster.Names;
import io.flocker.core.cron.Cron;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.StepSpec;
import java.util.Optional;

/// What schedules must be like.
public final class ScheduleRules {
    /// The longest name of a schedule's checkpoint: while it is taken, it has a longer one.
    public static final int MAX_CHECKPOINT = 58;

    private ScheduleRules() {}

    /// The first reason why an application's schedules cannot be, in words; empty if they can be.
    public static Optional<String> objection(ApplicationSpec application) {
        if (application.schedules().size() > ScheduleSpec.MAX_SCHEDULES) {
            return Optional.of("An environment may have " + ScheduleSpec.MAX_SCHEDULES + " schedules, not "
                    + application.schedules().size());
        }
        return application.schedules().entrySet().stream()
                .flatMap(entry -> objection(application, entry.getKey(), entry.getValue()).stream()
                        .map(why -> "Schedule " + entry.getKey() + ": " + why))
                .findFirst();
    }

    private static Optional<String> objection(ApplicationSpec application, String name, ScheduleSpec spec) {
        if (!Names.valid(name)) {
            return Optional.of("its name may have up to 63 lower-case letters, digits, '-', '_' and '.'");
        }
        if (Cron.zone(spec.zone()).isEmpty()) {
            return Optional.of("there is no time zone \"" + spec.zone() + "\"");
        }
        if (spec.steps().isEmpty() || spec.steps().size() > ScheduleSpec.MAX_STEPS) {
            return Optional.of("it may have 1 to " + ScheduleSpec.MAX_STEPS + " steps, not "
                    + spec.steps().size());
        }
        if (!spec.notifyUrl().isEmpty() && !spec.notifyUrl().matches("https?://[^\\s]+")) {
            return Optional.of("who is told must be a URL that begins with http:// or https://");
        }
        return Cron.objection(spec.cron())
                .map(why -> "\"" + spec.cron() + "\" is no time: " + why)
                .or(() -> spec.steps().stream()
                        .flatMap(step -> objection(application, step).stream())
                        .findFirst());
    }

    private static Optional<String> objection(ApplicationSpec application, StepSpec step) {
        return switch (step) {
            case StepSpec.Run run -> {
                ServiceSpec service = application.services().get(run.service());
                boolean isJob = service != null && service.job().isPresent();
                yield isJob
                        ? Optional.empty()
                        : Optional.of("it runs " + run.service() + ", which is "
                                + (service == null ? "not a service" : "not a job (x-flocker: {job: true})"));
            }
            case StepSpec.Checkpoint checkpoint ->
                Names.valid(checkpoint.name()) && checkpoint.name().length() <= MAX_CHECKPOINT
                        ? Optional.empty()
                        : Optional.of("\"" + checkpoint.name() + "\" cannot be the name of its checkpoint: use up to "
                                + MAX_CHECKPOINT + " lower-case letters, digits, '-', '_' and '.'");
            case StepSpec.Refresh refresh ->
                refresh.environments().isEmpty() ? Optional.of("it refreshes nothing") : Optional.empty();
        };
    }
}
