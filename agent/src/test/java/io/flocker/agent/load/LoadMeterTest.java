package io.flocker.agent.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.engine.ContainerEngine.Use;
import io.flocker.agent.load.LoadMeter.Counted;
import io.flocker.core.load.Measurement;
import io.flocker.core.load.Usage;
import io.flocker.core.plan.Assignment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was used between two looks that are ten seconds apart.
class LoadMeterTest {
    private static final long TEN_SECONDS = 10_000_000_000L;

    @TempDir
    private Path root;

    @Test
    void saysNothingTheFirstTimeAndThenWhatWasUsedASecond() throws IOException {
        LoadMeter meter = meter();
        machine(1_000, 0, 0);
        assertThat(meter.measure(Assignment.NOTHING, counted("c1", 0, 0, 0, 0), 7, 1))
                .isEmpty();

        machine(2_000, 2_500_000, 40);
        Measurement measured = meter.measure(
                        Assignment.NOTHING, counted("c1", 5_000_000_000L, 1_000, 20_000, 300), 7, 1 + TEN_SECONDS)
                .orElseThrow();
        assertThat(measured.instances().get("shop/web.1")).isEqualTo(new Usage(0.5, 64, 0, 100, 2_000, 30));
        assertThat(measured.pressureCpu()).isEqualTo(0.25);
        assertThat(measured.used().ioBytesPerSecond()).isEqualTo(40 * 512 / 10);
        assertThat(measured.used().memoryBytes()).isEqualTo(600 << 10);
        assertThat(measured.used().diskBytes()).isEqualTo(7);
        assertThat(measured.used().cpuCores())
                .as("half of the ticks")
                .isEqualTo(Runtime.getRuntime().availableProcessors() / 2.0);
    }

    @Test
    void countersThatBeginAnewAreNoLoad() throws IOException {
        LoadMeter meter = meter();
        machine(1_000, 0, 0);
        meter.measure(Assignment.NOTHING, counted("c1", 9, 9, 9, 9), 0, 1);
        Measurement other = meter.measure(Assignment.NOTHING, counted("c2", 1, 1, 1, 1), 0, 1 + TEN_SECONDS)
                .orElseThrow();
        assertThat(other.instances()).as("another container").isEmpty();
        Measurement less = meter.measure(Assignment.NOTHING, counted("c2", 0, 0, 0, 0), 0, 1 + 2 * TEN_SECONDS)
                .orElseThrow();
        assertThat(less.instances().get("shop/web.1")).isEqualTo(new Usage(0, 64, 0, 0, 0, 0));
    }

    private LoadMeter meter() {
        return new LoadMeter(root, root.resolve("block"), _ -> 0);
    }

    private static Map<String, Counted> counted(String container, long cpuNanos, long io, long network, long requests) {
        return Map.of("shop/web.1", new Counted(container, new Use(cpuNanos, 64, io, network), requests));
    }

    private void machine(long ticks, long waitedMicros, long sectors) throws IOException {
        Files.createDirectories(root.resolve("pressure"));
        Files.createDirectories(root.resolve("block/sda"));
        Files.writeString(root.resolve("stat"), "cpu  " + ticks + " 0 0 " + ticks + " 0 0 0 0 0 0\n");
        Files.writeString(root.resolve("meminfo"), "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\n");
        Files.writeString(
                root.resolve("pressure/cpu"), "some avg10=1.00 avg60=1.00 avg300=1.00 total=" + waitedMicros + "\n");
        Files.writeString(
                root.resolve("diskstats"),
                "8 0 sda 1 0 " + sectors + " 0 1 0 0 0\n8 1 sda1 1 0 " + sectors
                        + " 0 1 0 0 0\n7 0 loop0 1 0 9 0 1 0 9 0\n");
    }
}
