package io.flocker.verify.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much memory a process has, by the kernel's account.
public final class Resident {
    private static final double KIBIBYTES = 1024;

    private Resident() {}

    public static double mebibytes(long process) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIBIBYTES)
                .findFirst()
                .orElseThrow(() -> new IOException("Process " + process + " ended"));
    }
}
