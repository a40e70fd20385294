package io.flocker.core.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.Offers;
import io.flocker.core.wire.Json;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class OffersDeltaTest {
    private static final int STEPS = 2_000;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));

    /// Maps of which none is empty.
    private <V> TreePMap<String, TreePMap<String, V>> someOfSome(IntFunction<V> value) {
        return RandomMaps.some(random, number -> RandomMaps.some(random, value).plus("always", value.apply(number)));
    }

    /// Other offers, which may have some in common with those before.
    private Offers next(Offers before) {
        return new Offers(
                before.revision() + 1,
                1,
                random.nextBoolean() ? before.counts() : someOfSome(number -> number),
                random.nextBoolean() ? before.lingering() : someOfSome(Long::valueOf),
                random.nextBoolean() ? before.exposed() : RandomMaps.some(random, List::of),
                random.nextInt(2),
                RandomMaps.some(random, number -> number));
    }

    @Test
    void leadFromAnyOffersToAnyOthers() throws Exception {
        Offers before = Offers.NONE;
        for (int step = 0; step < STEPS; step++) {
            Offers after = next(before);

            var sent = Json.read(Json.bytes(OffersDelta.between(before, after)), OffersDelta.class);

            assertThat(sent.after(before)).contains(after);
            before = after;
        }
    }

    @Test
    void goOnFromNothingElseThanTheirBase() {
        Offers first = next(Offers.NONE);
        Offers second = next(first);
        Offers third = next(second);

        assertThat(OffersDelta.between(second, third).after(first)).isEmpty();
        assertThat(OffersDelta.between(Offers.NONE, third).after(first)).contains(third);
    }

    @Test
    void tellOfOneInstanceAmongMany() {
        TreePMap<String, Integer> all = TreePMap.empty();
        for (int node = 0; node < 1_000; node++) {
            all = all.plus("n" + node, 1);
        }
        Offers before = offering(1, all);
        Offers after = offering(2, all.plus("n7", 2).minus("n8"));

        OffersDelta delta = OffersDelta.between(before, after);

        assertThat(delta.put().counts()).isEqualTo(TreePMap.singleton("web", TreePMap.singleton("n7", 2)));
        assertThat(delta.gone().counts()).isEqualTo(TreePMap.singleton("web", List.of("n8")));
    }

    private static Offers offering(long revision, TreePMap<String, Integer> web) {
        return new Offers(
                revision, 1, TreePMap.singleton("web", web), TreePMap.empty(), TreePMap.empty(), 0, TreePMap.empty());
    }
}
