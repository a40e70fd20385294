package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class OffersTest {
    private static final String WEB = "shop/web:80";
    private static final long SINCE = 100;

    @Test
    void isReleasedOnlyOnceEveryProxyFollows() {
        Offers offers = Offers.since(SINCE).after(said(web(1, SINCE), nothing(SINCE)), Set.of());
        offers = offers.after(said(web(1, offers.revision()), nothing(offers.revision())), Set.of());
        assertThat(offers.isReleased(WEB, "n1")).as("offered").isFalse();
        long before = offers.revision();

        offers = offers.after(said(nothing(before), nothing(before)), Set.of());
        assertThat(offers.counts()).isEmpty();
        assertThat(offers.isReleased(WEB, "n1")).as("n2 may still send").isFalse();

        offers = offers.after(said(nothing(offers.revision()), nothing(before)), Set.of());
        assertThat(offers.isReleased(WEB, "n1")).as("n2 does not follow yet").isFalse();

        offers = offers.after(said(nothing(offers.revision()), nothing(offers.revision())), Set.of());
        assertThat(offers.isReleased(WEB, "n1")).isTrue();
    }

    @Test
    void releasesNothingUntilANewLeaderKnowsWhatProxiesFollow() {
        Offers offers = Offers.since(SINCE).after(said(nothing(SINCE - 1), nothing(SINCE)), Set.of());
        assertThat(offers.isReleased(WEB, "n1")).isFalse();
        offers = offers.after(said(nothing(SINCE), nothing(SINCE)), Set.of());
        assertThat(offers.isReleased(WEB, "n1")).isTrue();
    }

    @Test
    void doesNotWaitForASilentNode() {
        Offers offers = Offers.since(SINCE).after(said(web(1, SINCE), nothing(SINCE)), Set.of());
        long before = offers.revision();
        offers = offers.after(said(nothing(before), nothing(before)), Set.of());
        offers = offers.after(TreePMap.singleton("n1", nothing(offers.revision())), Set.of());
        assertThat(offers.isReleased(WEB, "n1")).isTrue();
    }

    @Test
    void countsInstancesElsewhereAndKeepsItsRevisionWhileNothingChanges() {
        Offers offers = Offers.since(SINCE).after(said(web(3, SINCE), web(2, SINCE)), Set.of());
        assertThat(offers.elsewhere(WEB, "n1")).isEqualTo(TreePMap.singleton("n2", 2));
        long revision = offers.revision();
        offers = offers.after(said(web(3, revision), web(2, revision)), Set.of());
        offers = offers.after(said(web(3, revision), web(2, revision)), Set.of());
        assertThat(offers.after(said(web(3, offers.revision()), web(2, offers.revision())), Set.of())
                        .revision())
                .isEqualTo(offers.revision());
    }

    @Test
    void believesOlderOffersNothingOfWhatItJustSaid() {
        Offers offers = Offers.since(SINCE);
        var heard = new Offers.Heard(TreePMap.empty(), SINCE + 5);
        assertThat(offers.follow(heard, TreePMap.empty())).as("older").isFalse();
        assertThat(offers.follow(new Offers.Heard(TreePMap.empty(), SINCE), TreePMap.singleton(WEB, 1)))
                .as("not heard yet")
                .isFalse();
        assertThat(offers.follow(new Offers.Heard(TreePMap.empty(), SINCE), TreePMap.empty()))
                .isTrue();
    }

    @Test
    void remembersThePortsOfImagesThatAreStillUsed() {
        var told = new Offers.Said(TreePMap.empty(), TreePMap.singleton("web:1", List.of(8080)), SINCE);
        Offers offers = Offers.since(SINCE).after(TreePMap.singleton("n1", told), Set.of("web:1"));
        offers = offers.after(TreePMap.singleton("n2", nothing(SINCE)), Set.of("web:1"));
        assertThat(offers.ports("web:1")).contains(List.of(8080));
        offers = offers.after(TreePMap.singleton("n2", nothing(SINCE)), Set.of());
        assertThat(offers.ports("web:1")).isEmpty();
    }

    private static Offers.Said web(int count, long followed) {
        return new Offers.Said(TreePMap.singleton(WEB, count), TreePMap.empty(), followed);
    }

    private static Offers.Said nothing(long followed) {
        return new Offers.Said(TreePMap.empty(), TreePMap.empty(), followed);
    }

    private static TreePMap<String, Offers.Said> said(Offers.Said n1, Offers.Said n2) {
        return TreePMap.<String, Offers.Said>empty().plus("n1", n1).plus("n2", n2);
    }
}
