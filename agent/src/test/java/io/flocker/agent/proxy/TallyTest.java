package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.agent.proxy.Tally.Counter;
import io.flocker.agent.proxy.Tally.Shown;
import io.flocker.core.plan.Observed.Answered;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;

class TallyTest {
    private static final String CANARY = "shop/web.5";
    private static final Place PLACE = new Place("shop_2Fweb:80", 5);
    private static final Slots SLOTS = new Slots(TreePMap.empty(), TreePMap.singleton(PLACE, CANARY));

    private final Tally tally = new Tally();

    @Test
    void countsFromWhereItBegins() {
        assertThat(count(7, 100, 10)).isEqualTo(Answered.NOTHING);
        assertThat(count(7, 130, 13)).isEqualTo(new Answered(30, 3));
        assertThat(count(7, 130, 13)).isEqualTo(new Answered(30, 3));
    }

    @Test
    void goesOnWhenAnotherWorkerTakesOver() {
        count(7, 100, 10);
        count(7, 110, 10);
        var both = Map.of(new Counter(7, PLACE), shown(112, 11), new Counter(8, PLACE), shown(5, 0));
        assertThat(tally.count(Set.of(CANARY), SLOTS, both)).containsEntry(CANARY, new Answered(17, 1));
        assertThat(count(8, 9, 0)).as("once the old one is gone").isEqualTo(new Answered(21, 1));
    }

    @Test
    void whatCameToAPlaceBeforeIsNotTheInstances() {
        var before = new Slots(TreePMap.empty(), TreePMap.singleton(PLACE, "shop/web.1"));
        tally.count(Set.of(CANARY, "shop/web.1"), before, Map.of(new Counter(7, PLACE), shown(50, 50)));
        assertThat(count(7, 60, 60)).isEqualTo(Answered.NOTHING);
        assertThat(count(7, 70, 60)).isEqualTo(new Answered(10, 0));
    }

    @Test
    void readsWhatHaProxyShows() {
        String shown = """
                # pxname,svname,stot,econ,eresp,mode,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,req_tot,rtime,
                shop_2Fweb:80,s5,40,2,1,http,0,20,3,4,5,0,40,25,
                shop_2Fdb:5432,s1,9,2,0,tcp,,,,,,,,0,
                shop_2Fweb:80,m-n2,40,2,1,http,0,20,3,4,5,0,40,25,
                """;
        assertThat(Tally.read(7, shown))
                .containsEntry(new Counter(7, PLACE), new Shown(new Answered(35, 8), new Pace(40, 1_000)))
                .containsEntry(new Counter(7, new Place("shop_2Fdb:5432", 1)), shown(11, 2))
                .hasSize(2);
    }

    @Test
    void timesTheAnswersOfAnInstanceAndNotThoseOfWhoHadItsPlaceBefore() {
        // 400 requests of 20 ms each, then 200 of 80 ms each: HAProxy's average is of both.
        time(7, 400, 20);
        time(7, 600, 41);
        Answered slow = tally.sums(Set.of(CANARY)).getOrDefault(CANARY, Answered.NOTHING);
        assertThat(slow.timed()).isEqualTo(200);
        assertThat(slow.averageMillis()).isBetween(75L, 85L);

        // Another worker took over: its requests count as well, and an old one that is gone does not.
        var both = Map.of(new Counter(7, PLACE), timed(600, 41), new Counter(8, PLACE), timed(200, 40));
        Answered all = tally.count(Set.of(CANARY), SLOTS, both).getOrDefault(CANARY, Answered.NOTHING);
        assertThat(all.timed()).isEqualTo(400);
        assertThat(all.averageMillis()).isBetween(57L, 63L);
        assertThat(time(8, 200, 40).averageMillis()).isEqualTo(40);
    }

    /// HAProxy's own arithmetic, whatever its average began with.
    @ParameterizedTest
    @CsvSource({"0, 100", "0, 512", "0, 5000", "500, 100", "500, 700", "5000, 100", "5000, 300", "5000, 5000"})
    void takesOutOfAnAverageWhatWasThereBefore(int before, int after) {
        long sum = 0;
        for (int i = 0; i < before; i++) {
            sum += 35 - (i < Pace.SAMPLES ? 0 : Math.ceilDiv(sum, Pace.SAMPLES));
        }
        Pace begun = averaged(before, sum);
        for (int i = before; i < before + after; i++) {
            sum += 80 - (i < Pace.SAMPLES ? 0 : Math.ceilDiv(sum, Pace.SAMPLES));
        }
        Pace now = averaged(before + after, sum);
        assertThat(now.since(begun)).isEqualTo(after);
        assertThat(now.millisSince(begun)).isCloseTo(80, within(4.5));
    }

    private static Pace averaged(int requests, long sum) {
        long of = Math.min(requests, Pace.SAMPLES);
        return Pace.shown(requests, of == 0 ? 0 : Math.ceilDiv(sum, of));
    }

    private static Shown timed(long requests, long averageMillis) {
        return new Shown(Answered.NOTHING, Pace.shown(requests, averageMillis));
    }

    private Answered time(long worker, long requests, long averageMillis) {
        return tally.count(Set.of(CANARY), SLOTS, Map.of(new Counter(worker, PLACE), timed(requests, averageMillis)))
                .getOrDefault(CANARY, Answered.NOTHING);
    }

    private static Shown shown(long requests, long failed) {
        return new Shown(new Answered(requests, failed), Pace.NONE);
    }

    private Answered count(long worker, long requests, long failed) {
        return tally.count(Set.of(CANARY), SLOTS, Map.of(new Counter(worker, PLACE), shown(requests, failed)))
                .getOrDefault(CANARY, Answered.NOTHING);
    }
}
