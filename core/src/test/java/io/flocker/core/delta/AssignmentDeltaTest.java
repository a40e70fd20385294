package io.flocker.core.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.wire.Json;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AssignmentDeltaTest {
    private static final int STEPS = 2_000;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));

    /// Another assignment, which may have one of its maps in common with the one before.
    private Assignment next(Assignment before) {
        return new Assignment(
                "n1",
                random.nextBoolean()
                        ? before.nodes()
                        : RandomMaps.some(random, value -> new Place("10.0.0." + value, "")),
                before.volumes(),
                before.instances(),
                random.nextBoolean() ? before.images() : RandomMaps.some(random, AssignmentDeltaTest::image),
                before.environments());
    }

    private static WantedImage image(int number) {
        return new WantedImage("web:" + number, ServiceSpec.Pull.MISSING, "", "");
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
        Assignment same = next(Assignment.NOTHING);
        while (same.nodes().isEmpty() || same.images().isEmpty()) {
            same = next(same);
        }
        var before = new Assigned(1, same);

        AssignmentDelta delta = AssignmentDelta.between(before, new Assigned(2, same));

        assertThat(delta.put().nodes()).isEmpty();
        assertThat(delta.put().images()).isEmpty();
        assertThat(delta.gone().nodes()).isEmpty();
    }
}
