package io.flocker.verify.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// How we write, as a test over the source tree. Ratchets may only go down.
class TidyTest {
    private static final int LONGEST_FILE = 450;
    private static final int LONGEST_TEST = 600;
    private static final int LONGEST_METHOD = 70;

    /// The package that had most files when the rule began.
    private static final int MOST_FILES_IN_A_PACKAGE = 27;

    private static final Pattern VAGUE_NAME = Pattern.compile(".*(Util|Utils|Helper|Manager|Impl|Data|Info)\\.java");
    private static final Pattern METHOD = Pattern.compile(
            "^    (?:    )?(?!if |for |while |switch |try |else |return |\\} |case )[a-zA-Z<@].*\\b\\w+\\(.*\\).*\\{$");

    /// Files with a longer one (or what this test takes for one) when the rule began; may only get fewer.
    private static final Set<String> LONG_WHEN_THE_RULE_BEGAN = Set.of(
            "DockerEngine.java",
            "EnvironmentEndpoints.java",
            "ServiceWriter.java",
            "VolumeDriverContract.java",
            "VolumeEndpoints.java");

    private static final Pattern TYPE = Pattern.compile("\\b(class|record|interface|enum) ");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

    @Test
    void filesAreShortEnoughToRead() {
        List<String> long_ = new ArrayList<>();
        for (Path file : Sources.java()) {
            int limit = file.toString().contains("/src/test/") ? LONGEST_TEST : LONGEST_FILE;
            long lines = Sources.read(file).lines().count();
            if (lines > limit) {
                long_.add(file + ": " + lines + " lines, at most " + limit);
            }
        }
        assertThat(long_).isEmpty();
    }

    @Test
    void methodsAreShortEnoughToSee() {
        List<String> long_ = new ArrayList<>();
        for (Path file : Sources.java()) {
            if (LONG_WHEN_THE_RULE_BEGAN.contains(String.valueOf(file.getFileName()))) {
                continue;
            }
            List<String> lines = Sources.read(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (METHOD.matcher(lines.get(i)).matches()) {
                    String end = lines.get(i).replaceFirst("\\S.*", "") + "}";
                    int last = i;
                    while (last < lines.size() && !lines.get(last).startsWith(end)) {
                        last++;
                    }
                    if (last - i > LONGEST_METHOD && !TYPE.matcher(lines.get(i)).find()) {
                        long_.add(file + ":" + (i + 1) + ": " + (last - i) + " lines");
                    }
                }
            }
        }
        assertThat(long_).isEmpty();
    }

    @Test
    void packagesAreSmallEnoughToKnow() {
        Map<String, Integer> sizes = new TreeMap<>();
        for (Path file : Sources.java()) {
            sizes.merge(String.valueOf(file.getParent()), 1, Integer::sum);
        }
        sizes.values().removeIf(size -> size <= MOST_FILES_IN_A_PACKAGE);
        assertThat(sizes).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        assertThat(Sources.java().stream()
                        .map(Path::getParent)
                        .filter(folder -> folder.toString().contains("/src/main/"))
                        .distinct()
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java"))))
                .isEmpty();
    }

    @Test
    void everyTypeOfTheProductSaysWhatItIs() {
        Pattern type = Pattern.compile("(?m)^(?:public |abstract |final |sealed )*(?:class|record|@?interface|enum) ");
        assertThat(Sources.java().stream()
                        .filter(file -> file.toString().contains("/src/main/"))
                        .filter(file -> !file.endsWith("package-info.java"))
                        .filter(file -> {
                            String text = Sources.read(file);
                            var matcher = type.matcher(text);
                            return !matcher.find()
                                    || !text.substring(0, matcher.start()).contains("\n///");
                        }))
                .isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() {
        assertThat(Sources.java())
                .noneMatch(file ->
                        VAGUE_NAME.matcher(String.valueOf(file.getFileName())).matches());
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertThat(Sources.java().stream()
                        .filter(file -> UNFINISHED.matcher(Sources.read(file)).find()))
                .isEmpty();
    }
}
