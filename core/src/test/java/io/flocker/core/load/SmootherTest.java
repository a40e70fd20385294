package io.flocker.core.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// How what nodes say becomes one steady picture. Nodes speak every five seconds.
class SmootherTest {
    private static final long PERIOD = 5_000;

    private final Smoother smoother = new Smoother();
    private long now = 1_000_000;

    @Test
    void beginsWithTheMeanOfAllThatWasSaid() {
        say("n1", "shop/web.1", 1);
        assertThat(cores("shop/web.1")).isEqualTo(1);
        say("n1", "shop/web.1", 3);
        assertThat(cores("shop/web.1")).isEqualTo(2);
        say("n1", "shop/web.1", 5);
        assertThat(cores("shop/web.1")).isCloseTo(3, within(1e-9));
    }

    @Test
    void followsAChangeByAboutTwoThirdsInTheTimeConstant() {
        for (int i = 0; i < 100; i++) {
            say("n1", "shop/web.1", 1);
        }
        for (long passed = 0; passed < Smoother.TIME_CONSTANT_MILLIS; passed += PERIOD) {
            say("n1", "shop/web.1", 2);
        }
        assertThat(cores("shop/web.1")).isBetween(1.6, 1.7);
        assertThat(smoother.load(now).node("n1").sinceMillis()).isEqualTo(1_000_000 + PERIOD);
    }

    @Test
    void forgetsSilentNodesWithWhatWasOnThem() {
        say("n1", "shop/web.1", 1);
        now += Smoother.SILENT_MILLIS / 2;
        say("n2", "shop/web.2", 1);
        now += Smoother.SILENT_MILLIS / 2 + 1;
        assertThat(smoother.load(now).nodes()).containsOnlyKeys("n2");
        assertThat(smoother.load(now).instances()).containsOnlyKeys("shop/web.2");

        say("n1", "shop/web.1", 9);
        assertThat(cores("shop/web.1")).as("begins anew").isEqualTo(9);
        assertThat(smoother.load(now).node("n1").sinceMillis()).isEqualTo(now);
    }

    @Test
    void aClockThatIsSetBackBreaksNothing() {
        say("n1", "shop/web.1", 1);
        now -= 3_600_000;
        say("n1", "shop/web.1", 7);
        assertThat(cores("shop/web.1")).isEqualTo(7);
        assertThat(smoother.load(now).nodes()).containsOnlyKeys("n1");
    }

    @Test
    void whatANodeSaysOfOthersDoesNotCount() {
        say("n1", "shop/web.1", 1);
        smoother.hear("liar", measured("shop/web.1", 4), 0, 0, _ -> false, now);
        assertThat(cores("shop/web.1")).isEqualTo(1);
    }

    @Test
    void whatMovesIsKnownAllTheTime() {
        say("n1", "shop/web.1", 1);
        say("n2", "shop/web.1", 1);
        smoother.hear("n1", measured("shop/other.1", 1), 0, 0, _ -> true, now);
        assertThat(smoother.load(now).instances()).containsOnlyKeys("shop/other.1", "shop/web.1");
    }

    private void say(String node, String instance, double cores) {
        now += PERIOD;
        smoother.hear(node, measured(instance, cores), 100, 50, _ -> true, now);
    }

    private static Measurement measured(String instance, double cores) {
        Usage usage = new Usage(cores, 0, 0, 0, 0, 0);
        return new Measurement(usage, 8, 0, 0, 0, 0, TreePMap.singleton(instance, usage), TreePMap.empty());
    }

    private double cores(String instance) {
        return smoother.load(now).instance(instance).cpuCores();
    }
}
