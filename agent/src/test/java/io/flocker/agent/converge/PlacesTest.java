package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cut.Cut;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.Step;
import io.flocker.core.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final Step.Receive RECEIVE =
            new Step.Receive(new SnapshotId("shop.data.x", 1, 1), Optional.empty(), "10.0.0.2");

    @Test
    void whatTakesLongLeavesPlacesForTheRest() throws Exception {
        var places = new Places(2);
        var end = new CountDownLatch(1);
        var begun = new Semaphore(0);
        List<Thread> receivers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            receivers.add(Thread.ofVirtual()
                    .start(() -> places.in(RECEIVE, () -> {
                        begun.release();
                        await(end);
                    })));
        }
        assertThat(begun.tryAcquire(48, 5, TimeUnit.SECONDS)).as("many at once").isTrue();
        var network = Thread.ofVirtual().start(() -> places.in(announced(places, "shop"), () -> {}));
        assertThat(network.join(Duration.ofSeconds(5)))
                .as("a quick step is taken")
                .isTrue();
        assertThat(begun.tryAcquire(100, TimeUnit.MILLISECONDS)).as("no more").isFalse();
        end.countDown();
        for (Thread receiver : receivers) {
            assertThat(receiver.join(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void volumesAreMadeBeforeWhatComesWithThem() throws Exception {
        var places = new Places(2);
        var end = new CountDownLatch(1);
        var clone = new Step.MakeHead("shop.data.x", new Head(1, "n1", Optional.empty(), Optional.empty()), "");
        places.announce(clone);
        var made = Thread.ofVirtual().start(() -> places.in(clone, () -> await(end)));
        var network = Thread.ofVirtual().start(() -> places.in(announced(places, "shop"), () -> {}));
        var snapshot = Thread.ofVirtual().start(() -> places.in(snapshot(List.of()), () -> {}));
        var checkpoint = Thread.ofVirtual().start(() -> places.in(snapshot(List.of("n1")), () -> {}));
        assertThat(checkpoint.join(Duration.ofSeconds(1)))
                .as("one that services stand still for waits for nobody")
                .isTrue();
        assertThat(network.join(Duration.ofMillis(100))).as("waits").isFalse();
        assertThat(snapshot.join(Duration.ofMillis(1))).as("waits").isFalse();
        end.countDown();
        assertThat(made.join(Duration.ofSeconds(5))).isTrue();
        assertThat(network.join(Duration.ofSeconds(1))).as("goes on at once").isTrue();
        assertThat(snapshot.join(Duration.ofSeconds(1))).as("goes on at once").isTrue();
    }

    @Test
    void whatHasItsNetworkAlongWithOthersWaitsForThem() throws Exception {
        var places = new Places(2);
        var end = new CountDownLatch(1);
        Step.CreateNetwork first = announced(places, "shop");
        Step.CreateNetwork second = announced(places, "blog");
        places.in(first, () -> {});
        var making = Thread.ofVirtual().start(() -> places.in(second, () -> await(end)));
        Step.StartNew shop = start("shop");
        Step.StartNew wiki = start("wiki");
        var start = Thread.ofVirtual().start(() -> places.in(shop, () -> {}));
        var other = Thread.ofVirtual().start(() -> places.in(wiki, () -> {}));
        assertThat(other.join(Duration.ofSeconds(1)))
                .as("its network was there")
                .isTrue();
        assertThat(start.join(Duration.ofMillis(100))).as("waits").isFalse();
        end.countDown();
        assertThat(making.join(Duration.ofSeconds(5))).isTrue();
        assertThat(start.join(Duration.ofSeconds(1))).as("goes on at once").isTrue();
    }

    @Test
    void aRouteWaitsForVolumesOnlyAMoment() throws Exception {
        var places = new Places(2);
        places.announce(new Step.MakeHead("shop.data.x", new Head(1, "n1", Optional.empty(), Optional.empty()), ""));
        var route = Thread.ofVirtual().start(() -> places.in(new Step.Route(RoutingTable.EMPTY), () -> {}));
        assertThat(route.join(Duration.ofMillis(1_000))).isTrue();
    }

    @Test
    void aVolumeThatTakesLongHoldsNothingUp() throws Exception {
        var places = new Places(2);
        places.announce(new Step.MakeHead("shop.data.x", new Head(1, "n1", Optional.empty(), Optional.empty()), ""));
        var network = Thread.ofVirtual().start(() -> places.in(announced(places, "shop"), () -> {}));
        assertThat(network.join(Duration.ofSeconds(10))).isTrue();
    }

    private static Step.CreateNetwork announced(Places places, String environment) {
        var step = new Step.CreateNetwork(environment);
        places.announce(step);
        return step;
    }

    private static Step.StartNew start(String environment) throws Json.MalformedJson {
        return new Step.StartNew(
                of(WantedInstance.class, "{\"environment\": \"" + environment + "\", \"service\": \"web\"}"),
                of(WantedEnvironment.class, "{\"name\": \"" + environment + "\"}"),
                List.of());
    }

    private static <T> T of(Class<T> type, String json) throws Json.MalformedJson {
        return Json.read(json.getBytes(StandardCharsets.UTF_8), type);
    }

    private static Step.TakeSnapshots snapshot(List<String> nodes) {
        var cut = new Cut("shop", "fresh", "a1", nodes, 0);
        return new Step.TakeSnapshots(List.of(new SnapshotId("shop.data.x", 1, 1)), Optional.of(cut), List.of());
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
