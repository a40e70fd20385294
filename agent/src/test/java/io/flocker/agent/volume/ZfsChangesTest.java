package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.volume.FileChanges.Change;
import io.flocker.agent.volume.FileChanges.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ZfsChangesTest {
    /// As the manual of OpenZFS has it.
    @Test
    void readsWhatZfsDiffWrites() {
        String text = """
                M\t/\t/pool/v/head/
                -\tF\t/pool/v/head/gone
                +\tF\t/pool/v/head/a\\0040b\\0303\\0274
                M\tF\t/pool/v/head/written
                R\tF\t/pool/v/head/from\t/pool/v/head/to
                """;
        assertThat(ZfsChanges.read(text, Path.of("/pool/v/head"), 10))
                .isEqualTo(new FileChanges(
                        java.util.List.of(
                                new Change("a bü", Kind.ADDED),
                                new Change("from", Kind.REMOVED),
                                new Change("gone", Kind.REMOVED),
                                new Change("to", Kind.ADDED),
                                new Change("written", Kind.MODIFIED)),
                        false));
        assertThat(ZfsChanges.read(text, Path.of("/pool/v/head"), 2).more()).isTrue();
    }
}
