package io.hawser.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.event.Event;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 11, 23, 12, 0, 5);

  @TempDir Path base;

  @Test
  void everyRunHasAFolderOfItsOwn() throws Exception {
    Path deep = base.resolve("a/b");
    List<String> names = new java.util.ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RunFolder run = RunFolder.create(deep, "link-cut", NOON);
      names.add(run.path().getFileName().toString());
      run.finish(new RunFolder.Options(false, false));
    }
    assertThat(names)
        .containsExactly(
            "link-cut-20261123-120005", "link-cut-20261123-120005-2", "link-cut-20261123-120005-3");
    assertThat(RunFolder.create(base, "../..//x y", NOON).path())
        .isEqualTo(base.resolve("x-y-20261123-120005"));
    assertThat(RunFolder.create(base, "한국어", NOON).path().getParent()).isEqualTo(base);
  }

  @Test
  void aBaseThatIsNoFolderIsNamed() throws Exception {
    Path file = Files.writeString(base.resolve("file"), "");
    assertThatThrownBy(() -> RunFolder.create(file, "run"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("choose another");
  }

  @Test
  void pagesAreMadeAgainFromRawSamples() throws Exception {
    RunFolder run = RunFolder.create(base, "run");
    SyntheticRun.play(SyntheticRun.linkCut("hawser", 1, 1), run.sink());
    Path page = run.finish(new RunFolder.Options(false, false));
    String html = Files.readString(page);
    String json = Files.readString(run.path().resolve("summary.json"));
    assertThat(run.path().resolve("goodput.png")).doesNotExist();
    for (String file : List.of(RunFolder.PAGE, "summary.json", "links.csv")) {
      Files.delete(run.path().resolve(file));
    }
    assertThat(RunFolder.remake(run.path(), RunFolder.Options.USUAL)).isEqualTo(page);
    assertThat(page).hasContent(html);
    assertThat(run.path().resolve("summary.json")).hasContent(json);
    assertThat(run.path().resolve("goodput.png")).exists();
    assertThat(RunFolder.summary(run.path())).isEqualTo(run.summary());
  }

  @Test
  void aFolderWithoutSamplesIsNamed() {
    assertThatThrownBy(() -> RunFolder.remake(base, RunFolder.Options.USUAL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not the folder of a run")
        .hasMessageContaining(EventLog.FILE);
  }

  @Test
  void theAnimationHasItsFramesAndIsSmall() throws Exception {
    RunFolder run = RunFolder.create(base, "run");
    SyntheticRun.play(SyntheticRun.linkCut("hawser", 1, 1), run.sink());
    run.finish(new RunFolder.Options(false, true));
    Path gif = run.path().resolve(Animation.FILE);
    assertThat(Files.size(gif)).isLessThan(3_000_000);
    try (ImageInputStream in = ImageIO.createImageInputStream(gif.toFile())) {
      ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
      reader.setInput(in);
      int frames = reader.getNumImages(true);
      assertThat(frames).isEqualTo(188);
      assertThat(reader.getWidth(0)).isEqualTo(800);
      assertThat(reader.getHeight(0)).isEqualTo(450);
      for (int i = 0; i < frames - 1; i++) {
        assertThat(control(reader, i).getAttribute("delayTime")).isEqualTo("8");
        assertThat(control(reader, i).getAttribute("disposalMethod")).isEqualTo("doNotDispose");
      }
      assertThat(control(reader, frames - 1).getAttribute("delayTime")).isEqualTo("300");
      assertThat(paperShare(reader.read(0))).isBetween(0.5, 0.99);
    }
  }

  @Test
  void aLongRunIsPlayedFaster() {
    List<Event> events =
        List.of(
            new Event.RunStarted(0, "s", "t", "tcp", "virtual", 1, 1, 0, List.of()),
            new Event.TransferSample(1, "bulk", 1),
            new Event.TransferSample(3_600_000_000_000L, "bulk", 1_000_000_000),
            new Event.RunEnded(3_600_000_000_000L, ""));
    Recording run = Recording.of(events);
    Animation animation = new Animation(run, RunSummary.of(run));
    assertThat(animation.frames()).isEqualTo(225);
    assertThat(animation.scene(0, 0).labels())
        .anyMatch(label -> label.text().contains("times as fast"));
  }

  private static IIOMetadataNode control(ImageReader reader, int frame) throws IOException {
    var root =
        (IIOMetadataNode) reader.getImageMetadata(frame).getAsTree("javax_imageio_gif_image_1.0");
    return (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
  }

  private static double paperShare(BufferedImage image) {
    long paper = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        paper += (image.getRGB(x, y) & 0xffffff) == 0xffffff ? 1 : 0;
      }
    }
    return (double) paper / image.getWidth() / image.getHeight();
  }
}
