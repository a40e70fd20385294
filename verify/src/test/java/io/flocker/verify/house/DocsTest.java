package io.flocker.verify.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Whether the pages still tell the truth about the tree.
class DocsTest {
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.[a-zA-Z]+)?(?:\\(.*?\\))?`");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)\\)");

    @Test
    void everyClassThatTheArchitecturePageNamesExists() {
        Set<String> classes = Sources.java().stream()
                .map(file -> String.valueOf(file.getFileName()).replace(".java", ""))
                .collect(Collectors.toSet());
        Matcher matcher = CLASS_NAME.matcher(Sources.read(Sources.home().resolve("ARCHITECTURE.md")));
        List<String> missing = new ArrayList<>();
        int named = 0;
        while (matcher.find()) {
            named++;
            if (!classes.contains(matcher.group(1))) {
                missing.add(matcher.group(1));
            }
        }
        assertThat(named).as("classes named").isGreaterThan(10);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyLinkLeadsToAFile() {
        List<String> dead = new ArrayList<>();
        for (String page : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
            Path file = Sources.home().resolve(page);
            Matcher matcher = LINK.matcher(Sources.read(file));
            while (matcher.find()) {
                if (!Files.exists(Sources.home().resolve(matcher.group(1)))) {
                    dead.add(page + ": " + matcher.group(1));
                }
            }
        }
        assertThat(dead).isEmpty();
    }
}
