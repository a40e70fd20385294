package io.flocker.core.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.wire.Json;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class AssignmentDeltaTest {
    private static final int STEPS = 2_000;
    private static final int KEYS = 8;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));

    /// Some keys, each with one of few values.
    private <V> TreePMap<String, V> some(Function<String, V> value) {
        TreePMap<String, V> some = TreePMap.empty();
        for (int key = 0; key < KEYS; key++) {
            if (random.nextBoolean()) {
                some = some.plus("k" + key, value.apply("v" + random.nextInt(2)));
            }
        }
        return some;
    }

    /// Another assignment, which may have one of its maps in common with the one before.
    private Assignment next(Assignment before) {
        return new Assignment(
                "n1",
                random.nextBoolean() ? before.nodes() : some(value -> new Place(value, "")),
                before.volumes(),
                before.instances(),
                random.nextBoolean() ? before.images() : some(AssignmentDeltaTest::image),
                before.environments());
    }

    private static WantedImage image(String since) {
        return new WantedImage("web:1", ServiceSpec.Pull.MISSING, "", since);
    }

    @Test
    void leadsFromAnyAssignmentToAnyOther() throws Exception {
        var before = Assigned.NOTHING;
        for (int revision = 1; revision <= STEPS; revision++) {
            var after = new Assigned(revision, next(before.assignment()));

            var sent = Json.read(Json.bytes(AssignmentDelta.between(before, after)), AssignmentDelta.class);

            assertThat(sent.after(before)).contains(after);
            before = after;
        }
    }

    @Test
    void goesOnFromNothingElseThanItsBase() {
        var first = new Assigned(1, next(Assignment.NOTHING));
        var second = new Assigned(2, next(first.assignment()));
        var third = new Assigned(3, next(second.assignment()));

        assertThat(AssignmentDelta.between(second, third).after(first)).isEmpty();
        assertThat(AssignmentDelta.between(Assigned.NOTHING, third).after(first))
                .contains(third);
    }

    @Test
    void holdsNothingOfWhatIsAsBefore() {
        var before = new Assigned(1, next(Assignment.NOTHING));
        Assignment same = before.assignment();

        AssignmentDelta delta = AssignmentDelta.between(before, new Assigned(2, same));

        assertThat(delta.put().nodes()).isEmpty();
        assertThat(delta.put().images()).isEmpty();
        assertThat(delta.gone().nodes()).isEmpty();
    }
}
