package io.flocker.verify.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Who may use what.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.flocker");

    @Test
    void coreIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.flocker.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.net..", "java.util.concurrent..", "org.slf4j..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CLASSES);
    }

    @Test
    void decisionsUseNoMapWhoseOrderDiffersBetweenReplicas() {
        noClasses()
                .that()
                .resideInAnyPackage("io.flocker.core.cluster..", "io.flocker.core.model..", "io.flocker.core.spec..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(HashMap.class, HashSet.class)
                .orShould()
                .callMethod(java.util.Map.class, "copyOf", java.util.Map.class)
                .orShould()
                .callMethod(java.util.Set.class, "copyOf", java.util.Collection.class)
                .check(CLASSES);
    }

    @Test
    void onlyTheWireFormatKnowsJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.flocker.core.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
                .check(CLASSES);
    }

    @Test
    void onlyCronKnowsTheLibraryForIt() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.flocker.core.cron..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.cronutils..")
                .check(CLASSES);
    }

    @Test
    void onlyBucketsKnowTheLibraryForS3() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.flocker.agent.backup.store.s3..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon.awssdk..")
                .check(CLASSES);
    }

    @Test
    void agentsNeverSeeRatisAndTheControlPlaneNeverSeesDocker() {
        noClasses()
                .that()
                .resideInAPackage("io.flocker.agent..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.ratis..", "io.flocker.control..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.flocker.control..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.github.dockerjava..", "io.flocker.agent..")
                .check(CLASSES);
    }

    @Test
    void nothingThatShipsUsesTheTests() {
        classes()
                .that()
                .resideInAPackage("io.flocker.verify..")
                .should()
                .onlyBeAccessed()
                .byClassesThat()
                .resideInAPackage("io.flocker.verify..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
