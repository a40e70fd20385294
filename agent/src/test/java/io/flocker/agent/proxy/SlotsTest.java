package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.spec.HttpRouting.Balance;
import io.flocker.core.spec.Port.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.TreePMap;

class SlotsTest {
    private static final String NAME = "a_2Fweb:80";

    @Test
    void keepsAPlaceUntilItsLastRequestIsAnswered() {
        Slots before = Slots.NONE.assign(table("a/web/1"), place -> false);
        Slots busy = before.assign(table("a/web/2"), place -> true);
        Slots free = busy.assign(table("a/web/2"), place -> false);

        assertThat(before.instances()).containsEntry(new Place(NAME, 1), "a/web/1");
        assertThat(busy.places("a/web/1")).containsExactly(new Place(NAME, 1));
        assertThat(busy.places("a/web/2")).containsExactly(new Place(NAME, 2));
        assertThat(busy.address(table("a/web/2"), new Place(NAME, 1))).isEmpty();
        assertThat(free.places("a/web/1")).isEmpty();
        assertThat(free.places("a/web/2")).containsExactly(new Place(NAME, 2));
    }

    @Test
    void doublesItsSizeAndNeverShrinks() {
        var instances = new String[Slots.LEAST + 1];
        for (int i = 0; i < instances.length; i++) {
            instances[i] = "a/web/" + i;
        }
        Slots grown = Slots.NONE.assign(table(instances), place -> false);

        assertThat(grown.sizes()).containsEntry(NAME, 16);
        assertThat(grown.assign(table("a/web/1"), place -> false).sizes()).containsEntry(NAME, 16);
    }

    @Test
    void isTheSameAfterItWasWritten() {
        Slots slots = Slots.NONE.assign(table("a/web/1", "ä b/c_d/2"), place -> false);
        assertThat(Slots.parse(slots.text())).isEqualTo(slots);
    }

    @ParameterizedTest
    @ValueSource(strings = {"production/web:8080", "a_b/c-d.e:1", "ünï/_:2", "@table", "%[x] \"\\n"})
    void encodesNames(String name) {
        assertThat(ProxyName.of(name)).matches("[A-Za-z0-9_.:-]+");
        assertThat(ProxyName.original(ProxyName.of(name))).isEqualTo(name);
    }

    private static RoutingTable table(String... instances) {
        TreePMap<String, String> servers = TreePMap.empty();
        for (String instance : instances) {
            servers = servers.plus(instance, "10.0.0.1:80");
        }
        var backend = new Backend("a/web:80", Mode.HTTP, Balance.ROUND_ROBIN, servers);
        return new RoutingTable(TreePMap.empty(), TreePMap.singleton(backend.name(), backend), List.of());
    }
}
