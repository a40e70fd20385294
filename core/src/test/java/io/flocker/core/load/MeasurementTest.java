package io.flocker.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What becomes of what a node says that cannot be.
class MeasurementTest {
    private static final long GIB = 1L << 30;

    @Test
    void believesWhatCanBe() {
        Measurement said = said(new Usage(1.5, GIB, GIB, 1_000, 2_000, 30), 0.25);
        assertThat(said.plausible(10 * GIB).measurement()).isEqualTo(said);
        assertThat(said.plausible(10 * GIB).objections()).isEmpty();
    }

    @Test
    void makesNegativeAndAbsurdFiguresPossibleOnesAndSaysSo() {
        Measurement.Plausible plausible = said(
                        new Usage(Double.NaN, -5, Long.MAX_VALUE, -1, 7, 1e300), Double.POSITIVE_INFINITY)
                .plausible(10 * GIB);
        Usage web = plausible.measurement().instances().get("shop/web.1");
        assertThat(web).isEqualTo(new Usage(0, 0, 10 * GIB, 0, 7, 1e8));
        assertThat(plausible.measurement().pressureCpu()).isEqualTo(1);
        assertThat(plausible.objections())
                .hasSize(6)
                .first()
                .asString()
                .isEqualTo("CPU pressure: Infinity, taken as 1.0");
        assertThat(plausible.objections()).contains("bytes of memory of shop/web.1: -5.0, taken as 0.0");
    }

    @Test
    void nobodyUsesMoreThanThereIs() {
        Measurement.Plausible little =
                said(new Usage(4.1, 4 * GIB, 0, 0, 0, 0), 0).plausible(10 * GIB);
        assertThat(little.measurement().instances().get("shop/web.1").cpuCores())
                .as("clocks that tick differently are no lie")
                .isEqualTo(4);
        assertThat(little.objections()).isEmpty();

        Measurement.Plausible much =
                said(new Usage(400, 400 * GIB, 0, 0, 0, 0), 0).plausible(10 * GIB);
        assertThat(much.measurement().instances().get("shop/web.1")).isEqualTo(new Usage(4, 8 * GIB, 0, 0, 0, 0));
        assertThat(much.objections()).hasSize(2);
    }

    private static Measurement said(Usage ofInstance, double pressureCpu) {
        return new Measurement(
                Usage.NOTHING,
                4,
                8 * GIB,
                pressureCpu,
                0,
                0,
                TreePMap.singleton("shop/web.1", ofInstance),
                TreePMap.empty());
    }
}
