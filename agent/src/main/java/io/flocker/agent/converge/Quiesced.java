package io.flocker.agent.converge;

import io.flocker.core.plan.Step.TakeSnapshots.Quiesce;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Which services have quiesced and must go on, in a folder that outlives the agent: one file each, which is there
/// before the service is asked, and goes when it has gone on.
final class Quiesced {
    private final Path folder;

    Quiesced(Path folder) {
        this.folder = folder;
    }

    void add(Quiesce service) throws IOException {
        Files.createDirectories(folder);
        Path partial = folder.resolve(service.container() + ".partial");
        Files.write(partial, Json.bytes(service));
        try (FileChannel file = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(partial, file(service), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void remove(Quiesce service) throws IOException {
        Files.deleteIfExists(file(service));
    }

    /// Those that an agent left which has died.
    List<Quiesce> left() throws IOException {
        List<Quiesce> left = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(it -> it.toString().endsWith(".json"))
                        .sorted()
                        .toList()) {
                    left.add(Json.read(Files.readAllBytes(file), Quiesce.class));
                }
            }
        }
        return List.copyOf(left);
    }

    /// Whether its command before the checkpoint has had its time: it may outlive the agent that began it.
    boolean isOver(Quiesce service, long nowMillis) throws IOException {
        long sinceMillis = nowMillis - Files.getLastModifiedTime(file(service)).toMillis();
        return Math.abs(sinceMillis) > service.commands().timeoutMillis();
    }

    private Path file(Quiesce service) {
        return folder.resolve(service.container() + ".json");
    }
}
