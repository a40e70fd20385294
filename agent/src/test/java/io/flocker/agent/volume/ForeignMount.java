package io.flocker.agent.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A bind mount of a directory in a mount namespace of its own, as a container would have it. Gone when closed.
record ForeignMount(Process process) implements Closeable {
    static ForeignMount of(Path directory, Path workspace) throws IOException {
        Path point = Files.createDirectories(workspace.resolve("container"));
        Process process = new ProcessBuilder(List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$0\" \"$1\" && echo mounted && read line",
                        directory.toString(),
                        point.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = process.inputReader().readLine();
        if (!"mounted".equals(answer)) {
            throw new IOException("Could not mount " + directory + " at " + point + " in another namespace");
        }
        return new ForeignMount(process);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }
}
