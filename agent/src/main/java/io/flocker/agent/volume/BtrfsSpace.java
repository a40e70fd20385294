package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How much space volumes take in a btrfs pool.
///
/// @param volumes the pool's directory of volumes
record BtrfsSpace(Path volumes) {
    /// The volume that began empty and that this one was, over any number of steps, cloned from.
    static final String LINEAGE = "trusted.flocker.lineage";

    /// Asks `btrfs filesystem du`. Of a volume that shares an ancestor with another one, only what no snapshot
    /// shares counts as exclusive: how much of the rest would come back is not known.
    VolumeDriver.Usage usage(String volume) throws IOException {
        Path directory = volumes.resolve(volume);
        Path head = head(volume);
        boolean related = related(volume);
        long used = 0;
        long exclusive = 0;
        // A line is `TOTAL EXCLUSIVE SET-SHARED NAME`, after a heading; `-` where nothing can be shared.
        List<String> command = new ArrayList<>(List.of("btrfs", "filesystem", "du", "-s", "--raw"));
        if (Files.isDirectory(head, LinkOption.NOFOLLOW_LINKS)) {
            command.add(head.toString());
        }
        command.add(directory.toString());
        String output = Program.of(command.toArray(String[]::new)).run();
        for (String line : output.lines().skip(1).toList()) {
            String[] columns = line.strip().split("\\s+", 4);
            if (columns[3].equals(directory.toString())) {
                exclusive = bytes(columns[1]) + (related ? 0 : bytes(columns[2]));
            } else {
                used = bytes(columns[0]);
            }
        }
        return new VolumeDriver.Usage(used, exclusive);
    }

    private boolean related(String volume) throws IOException {
        Optional<String> own = lineage(volume);
        if (own.isEmpty()) {
            return false;
        }
        for (String other : new Tree(volumes).names()) {
            if (!other.equals(volume) && lineage(other).equals(own)) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> lineage(String volume) throws IOException {
        Path head = head(volume);
        return Files.isDirectory(head, LinkOption.NOFOLLOW_LINKS) ? Kernel.marked(head, LINEAGE) : Optional.empty();
    }

    private Path head(String volume) {
        return volumes.resolve(volume).resolve("head");
    }

    private static long bytes(String column) {
        return column.equals("-") ? 0 : Long.parseLong(column);
    }
}
