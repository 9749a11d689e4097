package io.drex.job.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the pod templates to Kubernetes' own types, and them and the image to each other. */
class PodTemplatesTest {
  private static final Path ROOT = Path.of(System.getProperty("drex.root", ".."));
  private static final Path FILES = ROOT.resolve("cluster-scripts/kubernetes");
  private static final ObjectMapper STRICT = strict();

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void aPodRunsAsTheImagesUserWithoutRights(String role) throws IOException {
    PodSpec pod = template(role);
    PodSecurityContext security = pod.getSecurityContext();
    assertThat(security.getRunAsNonRoot()).isTrue();
    assertThat(match(dockerfile(), "(?m)^USER (.+)$"))
        .isEqualTo(security.getRunAsUser() + ":" + security.getRunAsGroup());
    assertThat(security.getRunAsUser()).isPositive();
    assertThat(security.getFsGroup()).isEqualTo(security.getRunAsGroup());
    assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");

    SecurityContext rights = sparkContainer(pod, role).getSecurityContext();
    assertThat(rights.getAllowPrivilegeEscalation()).isFalse();
    assertThat(rights.getPrivileged()).isNull();
    assertThat(rights.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(rights.getCapabilities().getAdd()).isEmpty();
    assertThat(pod.getHostNetwork()).isNull();
    assertThat(pod.getHostPID()).isNull();
  }

  @Test
  void executorsCannotCallKubernetes() throws IOException {
    assertThat(template("executor").getAutomountServiceAccountToken()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void secretsStandInNoTemplate(String role) throws IOException {
    PodSpec pod = template(role);
    Container spark = sparkContainer(pod, role);
    assertThat(spark.getEnv()).isEmpty();
    assertThat(spark.getEnvFrom()).isEmpty();
    assertThat(spark.getArgs()).isEmpty();
    assertThat(pod.getImagePullSecrets()).isEmpty();
    assertThat(pod.getVolumes()).extracting(Volume::getSecret).containsOnlyNulls();
  }

  /**
   * Spark turns its own settings into requests and limits; a second place could contradict them.
   */
  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void imageCoresMemoryAndGpusAreAskedForBySparksSettingsAlone(String role) throws IOException {
    Container spark = sparkContainer(template(role), role);
    assertThat(spark.getImage()).isNull();
    assertThat(spark.getResources()).isNull();
  }

  @Test
  void executorsTolerateTheTaintOfTheGpusThatTheSettingsAskFor() throws IOException {
    Properties gpu = new Properties();
    try (Reader reader = Files.newBufferedReader(ROOT.resolve("conf/gpu.conf"))) {
      gpu.load(reader);
    }
    assertThat(gpu).containsEntry("spark.executor.resource.gpu.amount", "1");
    String limit = gpu.getProperty("spark.executor.resource.gpu.vendor") + "/gpu";
    assertThat(template("executor").getTolerations())
        .containsExactly(new Toleration("NoSchedule", limit, "Exists", null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void theModelCacheOfTheDocumentedCommandIsAVolume(String role) throws IOException {
    PodSpec pod = template(role);
    VolumeMount mount = sparkContainer(pod, role).getVolumeMounts().get(0);
    assertThat(pod.getVolumes()).hasSize(1);
    assertThat(pod.getVolumes().get(0).getName()).isEqualTo(mount.getName());
    assertThat(pod.getVolumes().get(0).getEmptyDir()).isNotNull();
    // A folder within: the mount itself belongs to root, and the cache must be the user's own.
    assertThat(Files.readString(ROOT.resolve("docs/clusters/kubernetes.md")))
        .contains("--model-cache " + mount.getMountPath() + "/models ");
  }

  @Test
  void podsAreGivenTheTimeToPublishWhatTheyFinish() throws IOException {
    assertThat(template("executor").getTerminationGracePeriodSeconds())
        .isGreaterThanOrEqualTo(2 * seconds(ConfigKeys.JOURNAL_SECONDS));
    assertThat(template("driver").getTerminationGracePeriodSeconds())
        .isGreaterThanOrEqualTo(2 * seconds(ConfigKeys.STOP_GRACE_SECONDS));
  }

  @Test
  void theImageHasTheSparkThatTheJobIsBuiltWith() throws IOException {
    String version =
        match(Files.readString(ROOT.resolve("pom.xml")), "<spark\\.version>(.+)</spark\\.version>");
    assertThat(match(dockerfile(), "(?m)^FROM (.+)$"))
        .isEqualTo("apache/spark:" + version + "-scala2.13-java17-ubuntu");
  }

  @Test
  void unknownAndRepeatedFieldsAreRefused() throws IOException {
    String text = Files.readString(FILES.resolve("executor-pod-template.yaml"));
    assertThatThrownBy(() -> parse(text.replace("fsGroup", "fsGroups")))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("Unrecognized field \"fsGroups\"");
    assertThatThrownBy(() -> parse(text.replace("runAsNonRoot: true", "runAsNonRoot: maybe")))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("maybe");
    assertThatThrownBy(() -> parse(text.replace("fsGroup", "runAsUser")))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("Duplicate field 'runAsUser'");
  }

  private static PodSpec template(String role) throws IOException {
    Pod pod = parse(Files.readString(FILES.resolve(role + "-pod-template.yaml")));
    assertThat(pod.getApiVersion()).isEqualTo("v1");
    assertThat(pod.getKind()).isEqualTo("Pod");
    return pod.getSpec();
  }

  /** By the name that Spark gives it where a template names none. */
  private static Container sparkContainer(PodSpec pod, String role) {
    assertThat(pod.getContainers())
        .extracting(Container::getName)
        .containsExactly("spark-kubernetes-" + role);
    return pod.getContainers().get(0);
  }

  private static Pod parse(String yaml) throws IOException {
    return STRICT.readValue(yaml, Pod.class);
  }

  /** The types themselves keep unknown fields; here these are errors. */
  private static ObjectMapper strict() {
    return YAMLMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .annotationIntrospector(
            new JacksonAnnotationIntrospector() {
              @Override
              public Boolean hasAnySetter(Annotated method) {
                return false;
              }
            })
        .build();
  }

  private static long seconds(ConfigKey<Integer> key) {
    return DrexConfig.of(Map.of()).value(key);
  }

  private static String dockerfile() throws IOException {
    return Files.readString(FILES.resolve("Dockerfile"));
  }

  private static String match(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
