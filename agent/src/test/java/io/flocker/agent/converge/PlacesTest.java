package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
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
        var route = Thread.ofVirtual().start(() -> places.in(new Step.CreateNetwork("shop"), () -> {}));
        assertThat(route.join(Duration.ofSeconds(5)))
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
        var network = Thread.ofVirtual().start(() -> places.in(new Step.CreateNetwork("shop"), () -> {}));
        assertThat(network.join(Duration.ofMillis(100))).as("waits").isFalse();
        end.countDown();
        assertThat(made.join(Duration.ofSeconds(5))).isTrue();
        assertThat(network.join(Duration.ofSeconds(1))).as("goes on at once").isTrue();
    }

    @Test
    void aVolumeThatTakesLongHoldsNothingUp() throws Exception {
        var places = new Places(2);
        places.announce(new Step.MakeHead("shop.data.x", new Head(1, "n1", Optional.empty(), Optional.empty()), ""));
        var network = Thread.ofVirtual().start(() -> places.in(new Step.CreateNetwork("shop"), () -> {}));
        assertThat(network.join(Duration.ofSeconds(10))).isTrue();
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
