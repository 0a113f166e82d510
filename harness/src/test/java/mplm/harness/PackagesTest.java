// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.testng.annotations.Test;

/** How the packages of engine and harness stand to each other: arrows go one way. */
public class PackagesTest {
  private static final JavaClasses ALL =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("mplm");

  @Test
  public void noPackageDependsOnItselfByWayOfAnother() {
    slices().matching("mplm.(**)").should().beFreeOfCycles().check(ALL);
  }

  @Test
  public void theEngineKnowsNothingOfExperiments() {
    noClasses().that().resideInAPackage("mplm.engine..").should().dependOnClassesThat().resideInAPackage("mplm.harness..").check(ALL);
  }

  @Test
  public void aResultIsPlainData() {
    noClasses().that().resideInAnyPackage("mplm.harness.result..", "mplm.harness.statistics..").should().dependOnClassesThat()
        .resideInAnyPackage("mplm.harness.host..", "mplm.harness.table..", "mplm.harness.chart..", "java.nio.file..").check(ALL);
  }

  /** Whoever wrote a CSV file by other means would write columns that no schema describes. */
  @Test
  public void csvIsWrittenAndReadThroughASchema() {
    noClasses().that().resideOutsideOfPackage("mplm.harness.table").should().dependOnClassesThat().resideInAPackage("com.opencsv..")
        .check(ALL);
  }

  @Test
  public void eachPackageSaysWhatItIsFor() {
    Set<String> packages = ALL.stream().map(JavaClass::getPackageName).filter(name -> name.startsWith("mplm.harness."))
        .collect(Collectors.toSet());
    assertThat(packages).hasSizeGreaterThan(20).allSatisfy(name ->
        assertThat(Files.exists(Path.of("src/main/java", name.split("\\.")).resolve("package-info.java"))).as(name).isTrue());
  }
}
