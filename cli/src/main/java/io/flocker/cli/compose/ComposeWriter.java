package io.flocker.cli.compose;

import io.flocker.cli.compose.unit.Durations;
import io.flocker.cli.compose.unit.Sizes;
import io.flocker.cli.compose.write.Block;
import io.flocker.cli.compose.write.FileNames;
import io.flocker.cli.compose.write.ServiceWriter;
import io.flocker.cli.compose.write.YamlText;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.SnapshotPolicy;
import io.flocker.core.spec.StepSpec;
import io.flocker.core.spec.VolumeSpec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes an application as a Compose file: what `flocker validate` prints. Reading it again gives an equal
/// application, except for what is not printed: the contents of secrets, of binary configs, and of folders that came
/// along.
public final class ComposeWriter {
    private ComposeWriter() {}

    /// YAML. The same application always gives the same text.
    public static String write(String projectName, ApplicationSpec application) {
        var services = new Block();
        application.services().forEach((name, spec) -> services.put(name, ServiceWriter.write(spec)));
        var volumes = new Block();
        application
                .volumes()
                .forEach((name, spec) -> volumes.always(name, volume(spec).entries()));
        var configs = new Block();
        var secrets = new Block();
        application.files().forEach((name, file) -> {
            String content = file.secret() ? "(not shown)" : text(file);
            (file.secret() ? secrets : configs).put(FileNames.inFile(name), new Block().always("content", content));
        });
        var document = new Block()
                .put("name", projectName)
                .put("services", services)
                .put("volumes", volumes)
                .put("configs", configs)
                .put("secrets", secrets)
                .put("x-flocker", new Block().put("schedules", schedules(application)));
        return YamlText.of(document.entries());
    }

    private static Block schedules(ApplicationSpec application) {
        var schedules = new Block();
        application.schedules().forEach((name, spec) -> {
            List<Map<String, Object>> steps = spec.steps().stream()
                    .map(ComposeWriter::step)
                    .map(Block::entries)
                    .toList();
            schedules.put(
                    name,
                    new Block()
                            .always("schedule", spec.cron())
                            .always("time_zone", spec.zone())
                            .always("overlap", spec.overlap().name().toLowerCase(Locale.ROOT))
                            .put("notify", spec.notifyUrl())
                            .always("steps", steps));
        });
        return schedules;
    }

    private static Block step(StepSpec step) {
        return switch (step) {
            case StepSpec.Run run -> new Block().always("run", run.service()).put("command", run.command());
            case StepSpec.Checkpoint checkpoint -> new Block().always("checkpoint", checkpoint.name());
            case StepSpec.Refresh refresh -> new Block().always("refresh", refresh.environments());
        };
    }

    private static Block volume(VolumeSpec spec) {
        var options = new Block().put("size", spec.sizeBytes() == 0 ? "" : Sizes.text(spec.sizeBytes()));
        spec.snapshots().ifPresent(policy -> options.put("snapshots", snapshots(policy)));
        spec.replication().ifPresent(replication -> options.put("replication", replication(replication)));
        return new Block().put("labels", spec.labels()).put("x-flocker", options);
    }

    private static Block replication(ReplicationSpec spec) {
        return new Block()
                .put("to", spec.to())
                .put("copies", spec.copies())
                .put("spread", spec.spread())
                .always("every", Durations.text(spec.everyMillis()))
                .always("max_loss", Durations.text(spec.maxLossMillis()))
                .put("rate", spec.rateBytes() == 0 ? "" : Sizes.text(spec.rateBytes()))
                .put("compress", spec.compressed())
                .always("failover", spec.failover().name().toLowerCase(Locale.ROOT));
    }

    private static Block snapshots(SnapshotPolicy policy) {
        var keep = new Block()
                .always("minutes", policy.keepMinutes())
                .always("hours", policy.keepHours())
                .always("days", policy.keepDays());
        return new Block()
                .always("every", Durations.text(policy.everySeconds() * 1_000))
                .put("keep", keep);
    }

    private static String text(FileSpec file) {
        byte[] bytes = Base64.getDecoder().decode(file.contentBase64());
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "(" + bytes.length + " bytes, not text)";
        }
    }
}
