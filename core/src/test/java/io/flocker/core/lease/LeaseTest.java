package io.flocker.core.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long SECOND = 1_000_000_000;
    /// T 4 s, ρ 1 %, F 1 s: may write 2.96 s after it sent; the leader waits 4.04 s after it granted.
    private static final LeaseTerms TERMS = new LeaseTerms(4_000, 10_000, 1_000, 1_000, 1_500);

    private static final Tenure OLD = new Tenure("data", 1);
    private static final Tenure NEW = new Tenure("data", 2);
    private static final LeaseGrant GRANT = new LeaseGrant(7, 4_000);

    private final LeaseHolder nothing = LeaseHolder.empty(TERMS, "boot");
    private final LeaseGranter leader = new LeaseGranter(TERMS, 7, 100 * SECOND);

    @Test
    void refusesTermsUnderWhichALeaseLapsesByItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LeaseTerms(4_000, 10_000, 1_500, 1_000, 1_500))
                .withMessageContaining("together 2500 ms; that must be less than the 2460 ms");
        assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(0, 0, 0, 0, 0));
    }

    @Test
    void aNodeOnWhichStoppingTakesLongerWritesShorterAndSaysIfItsLeaseMayLapse() {
        LeaseHolder slow = nothing.fencing(1_600);
        assertThat(slow.hear(slow.stamp(10 * SECOND, List.of(OLD)), GRANT).deadline(List.of(OLD)))
                .hasValue(12_360_000_000L);
        assertThat(TERMS.objection(slow.fencingMillis()).orElseThrow()).contains("the 2360 ms");
        assertThat(nothing.fencing(3).fencingMillis()).isEqualTo(1_000);
        assertThat(TERMS.objection(1_000)).isEmpty();
    }

    @Test
    void aTenureIsReadAsItIsWritten() {
        assertThat(Tenure.of(new Tenure("shop.db@x", 12).toString())).isEqualTo(new Tenure("shop.db@x", 12));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tenure.of("shop.db"))
                .withMessageContaining("no tenure");
    }

    @Test
    void countsFromBeforeItSent() {
        LeaseHolder holder = nothing.hear(nothing.stamp(10 * SECOND, List.of(OLD)), GRANT);

        assertThat(holder.deadline(List.of(OLD))).hasValue(12_960_000_000L);
        assertThat(holder.mayWrite(OLD, 12_959_999_999L)).isTrue();
        assertThat(holder.mayWrite(OLD, 12_960_000_000L)).isFalse();
    }

    @Test
    void anAnswerThatOvertookAnotherShortensNothing() {
        LeaseHolder.Stamp first = nothing.stamp(10 * SECOND, List.of(OLD));
        LeaseHolder.Stamp second = nothing.stamp(11 * SECOND, List.of(OLD));

        assertThat(nothing.hear(second, GRANT).hear(first, GRANT).deadline(List.of(OLD)))
                .hasValue(13_960_000_000L);
    }

    @Test
    void believesNeitherALeaderThatIsGoneNorATimeBeforeTheMachineStarted() {
        LeaseHolder.Stamp stamp = nothing.stamp(10 * SECOND, List.of(OLD));
        LeaseHolder later = nothing.hear(stamp, LeaseGrant.refused(8));

        assertThat(later.hear(stamp, GRANT).until()).isEmpty();
        assertThat(LeaseHolder.empty(TERMS, "next boot").hear(stamp, GRANT).until())
                .isEmpty();
    }

    @Test
    void coversOnlyWhatItHadWhenItSent() {
        LeaseHolder holder = nothing.hear(nothing.stamp(10 * SECOND, List.of(OLD)), GRANT);

        assertThat(holder.mayWrite(NEW, 11 * SECOND)).isFalse();
        assertThat(holder.deadline(List.of(OLD, NEW))).isEmpty();
        assertThat(holder.keeping(List.of(NEW)).until()).isEmpty();
    }

    @Test
    void raisesNoEpochBeforeTheLeaseHasEnded() {
        assertThat(leader.grants("n1", List.of(OLD), OLD::equals, 200 * SECOND)).isTrue();

        assertThat(leader.raise("n1", 204_039_999_999L)).isFalse();
        assertThat(leader.raise("n1", 204_040_000_000L)).isTrue();
    }

    @Test
    void aNewLeaderWaitsForLeasesItDoesNotKnow() {
        assertThat(leader.mayRaise("n1", 104_039_999_999L)).isFalse();
        assertThat(leader.mayRaise("n1", 104_040_000_000L)).isTrue();
    }

    @Test
    void grantsNothingWhileAnEpochIsRaisedNorUntilThatIsAdopted() {
        assertThat(leader.raise("n1", 200 * SECOND)).isTrue();
        assertThat(leader.grants("n1", List.of(), NEW::equals, 201 * SECOND)).isFalse();

        leader.settled("n1");
        assertThat(leader.grants("n1", List.of(OLD), NEW::equals, 202 * SECOND)).isFalse();
        assertThat(leader.grants("n1", List.of(), NEW::equals, 203 * SECOND)).isTrue();
    }
}
