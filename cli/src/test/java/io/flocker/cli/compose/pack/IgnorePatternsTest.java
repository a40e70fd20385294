package io.flocker.cli.compose.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `.dockerignore`, with the examples of Docker's documentation among others.
final class IgnorePatternsTest {
    @ParameterizedTest
    @CsvSource({
        "*/temp*, somedir/temporary.txt, true",
        "*/temp*, somedir/temp, true",
        "*/temp*, temp, false",
        "*/temp*, a/b/temp, false",
        "*/*/temp*, somedir/subdir/temporary.txt, true",
        "temp?, tempa, true",
        "temp?, temp, false",
        "temp?, tempab, false",
        "**/*.go, main.go, true",
        "**/*.go, a/b/main.go, true",
        "**/*.go, a/main.goo, false",
        "*.md, README.md, true",
        "*.md, docs/README.md, false",
        "docs, docs/a/b.md, true",
        "docs/, docs/a, true",
        "/docs, docs, true",
        "./docs/../docs, docs, true",
        "docs, docs2, false",
        "a/**, a/b/c, true",
        "a/**, a, false",
        "a/**/c, a/c, true",
        "a/**/c, a/x/y/c, true",
        "**, anything/at/all, true",
        "[ab].txt, b.txt, true",
        "[!ab].txt, '[!ab]', false",
        "a.txt, abtxt, false",
        "a+(b), a+(b), true",
        "\\*.txt, *.txt, true",
        "\\*.txt, a.txt, false",
        "node_modules, web/node_modules, false",
        "**/node_modules, web/node_modules/x.js, true"
    })
    void matchesAsDockerDoes(String pattern, String path, boolean out) throws IOException {
        assertThat(new IgnorePatterns(List.of(pattern)).keepsOut(path)).isEqualTo(out);
    }

    @Test
    void theLastPatternThatMatchesDecides() throws IOException {
        var patterns = new IgnorePatterns(List.of("# notes", "", "  *.md  ", "!README*.md", "README-secret.md"));
        assertThat(patterns.keepsOut("CHANGES.md")).isTrue();
        assertThat(patterns.keepsOut("README.md")).isFalse();
        assertThat(patterns.keepsOut("README-secret.md")).isTrue();
        assertThat(patterns.haveExceptions()).isTrue();
    }

    @Test
    void letsInBelowAFolderThatStaysOut() throws IOException {
        var patterns = new IgnorePatterns(List.of("*", "!src", "src/generated"));
        assertThat(patterns.keepsOut("build")).isTrue();
        assertThat(patterns.keepsOut("src/a/Main.java")).isFalse();
        assertThat(patterns.keepsOut("src/generated/X.java")).isTrue();
    }

    @Test
    void refusesWhatIsNoPattern() {
        assertThatThrownBy(() -> new IgnorePatterns(List.of("[a")))
                .hasMessage("has \"[a\" in its .dockerignore, which is no pattern");
    }
}
