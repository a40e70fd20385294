package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A volume's writable subvolume. It carries its epoch as an extended attribute.
record BtrfsHead(Path path) {
    private static final String EPOCH = "trusted.flocker.epoch";

    Subvolume subvolume() {
        return new Subvolume(path);
    }

    boolean exists() throws IOException {
        return subvolume().exists();
    }

    /// 0 if there is no head, or none of ours.
    long epoch() throws IOException {
        if (!exists()) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(Kernel.marked(path, EPOCH).orElse("0")));
        } catch (NumberFormatException e) {
            throw new IOException("The mark " + EPOCH + " of " + path + " is not a number", e);
        }
    }

    void mark(long epoch) throws IOException {
        Kernel.mark(path, EPOCH, Long.toString(epoch));
    }

    /// Which subvolumes a program made in it; empty for none.
    String nestedProblem() throws IOException {
        List<Subvolume> nested = subvolume().nested();
        if (nested.isEmpty()) {
            return "";
        }
        String names = nested.stream()
                .limit(3)
                .map(inner -> path.relativize(inner.path()).toString())
                .collect(Collectors.joining(", "));
        return "A program made " + nested.size() + (nested.size() == 1 ? " subvolume" : " subvolumes")
                + " inside it, which its snapshots do not hold: " + names;
    }

    void refuseIfNested(String volume) throws IOException {
        String problem = nestedProblem();
        if (!problem.isEmpty()) {
            throw new IOException("Could not replace the head of volume " + volume + ": " + problem
                    + "; make plain directories of them first, or they would be lost");
        }
    }

    void refuseIfUsed(String volume) throws IOException {
        if (!exists()) {
            return;
        }
        String device = Mount.containing(path.resolveSibling("")).device();
        String option = "subvolid=" + subvolume().facts().id();
        Optional<Mount.Use> use = Mount.find(mount -> mount.device().equals(device)
                && Arrays.asList(mount.options().split(",", -1)).contains(option));
        if (use.isPresent()) {
            throw new IOException("The head of volume " + volume + " is in use: " + use.get() + "; stop that first");
        }
    }
}
