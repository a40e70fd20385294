package io.flocker.agent.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Backups;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final long DAY = 86_400_000;

    /// A full one, two upon it, a full one, one upon that: one a day, the last of them just now.
    private static final List<Manifest> FIVE = List.of(
            backup("a", "", 1), backup("b", "a", 2), backup("c", "b", 3), backup("d", "", 4), backup("e", "d", 5));

    private static Manifest backup(String id, String base, long day) {
        return new Manifest(id, "v", "shop/data", base, "", "1." + day, "memory", day * DAY, 0, "", "");
    }

    private static List<String> outdated(int newest, int days) {
        return Retention.outdated(FIVE, new Backups.Keep(newest, days), 5 * DAY).stream()
                .map(Manifest::id)
                .toList();
    }

    @Test
    void whatABackupBuildsUponStaysAndTheNewestGoesFirst() {
        assertThat(outdated(0, 0)).isEmpty();
        assertThat(outdated(1, 0)).containsExactly("c", "b", "a");
        assertThat(outdated(2, 0)).containsExactly("c", "b", "a");
        assertThat(outdated(3, 0)).isEmpty();
        assertThat(outdated(100, 0)).isEmpty();
    }

    @Test
    void eitherRuleIsEnough() {
        assertThat(outdated(0, 1)).containsExactly("c", "b", "a");
        assertThat(outdated(1, 3)).isEmpty();
        assertThat(outdated(4, 1)).isEmpty();
        assertThat(Retention.outdated(FIVE, new Backups.Keep(0, 1), 1_000 * DAY))
                .extracting(Manifest::id)
                .containsExactly("c", "b", "a");
    }
}
