package io.flocker.core.cron;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.OptionalLong;

/// When something is due: the five fields of Unix cron (minute, hour, day of the month, month, day of the week) in a
/// time zone. Only the leader asks for times: zone data may differ between machines, so they are decided, not derived.
public final class Cron {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime times;
    private final ZoneId zone;

    private Cron(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /// Reads both.
    ///
    /// @throws IllegalArgumentException if it cannot be read, or there is no such zone; says why
    public static Cron of(String cron, String zone) {
        ZoneId place =
                zone(zone).orElseThrow(() -> new IllegalArgumentException("there is no time zone \"" + zone + "\""));
        return new Cron(ExecutionTime.forCron(PARSER.parse(cron.strip())), place);
    }

    /// Why `cron` cannot be read, or never comes; empty if it can.
    public static Optional<String> objection(String cron) {
        try {
            boolean comes = of(cron, "UTC").next(0).isPresent();
            return comes ? Optional.empty() : Optional.of("it never comes");
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// The zone of that name, such as `Europe/Paris` or `UTC`.
    public static Optional<ZoneId> zone(String name) {
        try {
            ZoneId zone = ZoneId.of(name);
            return zone instanceof ZoneOffset && !name.equals("Z") ? Optional.empty() : Optional.of(zone);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// The first time after `millis`, in milliseconds since 1970; empty if there is none.
    public OptionalLong next(long millis) {
        return millis(times.nextExecution(at(millis)));
    }

    /// The last time before `millis`, or at it.
    public OptionalLong last(long millis) {
        return millis(times.lastExecution(at(millis + 1)));
    }

    private ZonedDateTime at(long millis) {
        return Instant.ofEpochMilli(millis).atZone(zone);
    }

    private static OptionalLong millis(Optional<ZonedDateTime> time) {
        return time.map(it -> OptionalLong.of(it.toInstant().toEpochMilli())).orElse(OptionalLong.empty());
    }
}
