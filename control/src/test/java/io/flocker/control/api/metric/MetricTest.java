package io.flocker.control.api.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricTest {
    /// The page has each metric with its labels, and no other.
    @Test
    void thePageHasAllMetricsWithTheirLabels() throws IOException {
        Path page = Path.of("../docs/reference/metrics.md");
        try (Stream<String> lines = Files.lines(page)) {
            assertThat(lines.filter(line -> line.startsWith("| `flocker_")))
                    .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1) + 1))
                    .containsExactlyInAnyOrderElementsOf(Stream.of(Metric.values())
                            .map(metric -> "| `" + metric.shown() + "` | "
                                    + (metric.labels().isEmpty() ? "—" : String.join(", ", metric.labels())) + " |")
                            .toList());
        }
    }
}
