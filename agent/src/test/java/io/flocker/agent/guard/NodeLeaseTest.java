package io.flocker.agent.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLeaseTest {
    private static final Tenure TENURE = new Tenure("data", 1);

    @TempDir
    Path files;

    @Test
    void mayWriteOnceItWasGranted() throws IOException {
        try (var lease = new NodeLease(LeaseTerms.USUAL, files)) {
            lease.hear(lease.stamp(List.of()), new LeaseGrant(1, 4_000));
            assertThat(lease.mayWrite(TENURE)).isFalse();

            lease.hear(lease.stamp(List.of(TENURE)), new LeaseGrant(1, 4_000));
            assertThat(lease.mayWrite(TENURE)).isTrue();
        }
    }

    @Test
    void startsNoGuardForNothing() throws IOException {
        try (var lease = new NodeLease(LeaseTerms.USUAL, files)) {
            lease.guard(Map.of());
            lease.hear(lease.stamp(List.of()), new LeaseGrant(1, 4_000));
        }
        assertThat(files).isEmptyDirectory();
    }
}
