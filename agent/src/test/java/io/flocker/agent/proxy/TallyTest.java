package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.agent.proxy.Tally.Counter;
import io.flocker.core.plan.Observed.Answered;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
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
        var both = Map.of(new Counter(7, PLACE), new Answered(112, 11), new Counter(8, PLACE), new Answered(5, 0));
        assertThat(tally.count(Set.of(CANARY), SLOTS, both)).containsEntry(CANARY, new Answered(17, 1));
        assertThat(count(8, 9, 0)).as("once the old one is gone").isEqualTo(new Answered(21, 1));
    }

    @Test
    void whatCameToAPlaceBeforeIsNotTheInstances() {
        var before = new Slots(TreePMap.empty(), TreePMap.singleton(PLACE, "shop/web.1"));
        tally.count(Set.of(CANARY, "shop/web.1"), before, Map.of(new Counter(7, PLACE), new Answered(50, 50)));
        assertThat(count(7, 60, 60)).isEqualTo(Answered.NOTHING);
        assertThat(count(7, 70, 60)).isEqualTo(new Answered(10, 0));
    }

    @Test
    void readsWhatHaProxyShows() {
        String shown = """
                # pxname,svname,stot,econ,eresp,mode,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,
                shop_2Fweb:80,s5,40,2,1,http,0,20,3,4,5,0,
                shop_2Fdb:5432,s1,9,2,0,tcp,,,,,,,
                shop_2Fweb:80,m-n2,40,2,1,http,0,20,3,4,5,0,
                """;
        assertThat(Tally.read(7, shown))
                .containsEntry(new Counter(7, PLACE), new Answered(35, 8))
                .containsEntry(new Counter(7, new Place("shop_2Fdb:5432", 1)), new Answered(11, 2))
                .hasSize(2);
    }

    private Answered count(long worker, long requests, long failed) {
        return tally.count(Set.of(CANARY), SLOTS, Map.of(new Counter(worker, PLACE), new Answered(requests, failed)))
                .getOrDefault(CANARY, Answered.NOTHING);
    }
}
