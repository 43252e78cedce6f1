package io.hawser.report;

import io.hawser.report.plot.Ink;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/**
 * Writes frames as an animated GIF that repeats. Pixels that stay as they were are written as
 * transparent, which packs well.
 */
final class GifWriter implements AutoCloseable {
  private static final int TRANSPARENT = 0;
  private static final int SHADES = 9;

  private final OutputStream file;
  private final ImageOutputStream out;
  private final ImageWriter writer;
  private final IndexColorModel palette = palette();
  private final Map<Integer, Byte> nearest = new HashMap<>();
  private byte[] before = new byte[0];

  GifWriter(Path path) throws IOException {
    file = Files.newOutputStream(path);
    out = ImageIO.createImageOutputStream(file);
    writer = ImageIO.getImageWritersByFormatName("gif").next();
    writer.setOutput(out);
    writer.prepareWriteSequence(null);
  }

  /** Every ink on its way to paper and to text, so that smooth edges have their shades. */
  private static IndexColorModel palette() {
    int[] colours = new int[256];
    int count = 1;
    for (Ink ink : Ink.values()) {
      for (int shade = 0; shade < SHADES; shade++) {
        colours[count++] = mix(ink.light(), Ink.PAPER.light(), shade / (double) SHADES);
      }
      colours[count++] = mix(ink.light(), Ink.TEXT.light(), 0.5);
      colours[count++] = mix(ink.light(), Ink.GRID.light(), 0.5);
    }
    colours[count++] = Ink.PAPER.light().getRGB();
    byte[][] parts = new byte[3][count];
    for (int i = 0; i < count; i++) {
      parts[0][i] = (byte) (colours[i] >> 16);
      parts[1][i] = (byte) (colours[i] >> 8);
      parts[2][i] = (byte) colours[i];
    }
    return new IndexColorModel(8, count, parts[0], parts[1], parts[2], TRANSPARENT);
  }

  private static int mix(Color from, Color to, double part) {
    int red = (int) Math.round(from.getRed() + part * (to.getRed() - from.getRed()));
    int green = (int) Math.round(from.getGreen() + part * (to.getGreen() - from.getGreen()));
    int blue = (int) Math.round(from.getBlue() + part * (to.getBlue() - from.getBlue()));
    return red << 16 | green << 8 | blue;
  }

  /** Adds a frame that is shown for so many hundredths of a second. */
  void frame(BufferedImage picture, int hundredths) throws IOException {
    int width = picture.getWidth();
    int height = picture.getHeight();
    byte[] now = new byte[width * height];
    int[] pixels = picture.getRGB(0, 0, width, height, null, 0, width);
    for (int i = 0; i < pixels.length; i++) {
      now[i] = nearest.computeIfAbsent(pixels[i] & 0xffffff, this::nearest);
    }
    byte[] shown = now.clone();
    if (before.length == now.length) {
      for (int i = 0; i < now.length; i++) {
        shown[i] = now[i] == before[i] ? TRANSPARENT : now[i];
      }
    }
    boolean first = before.length == 0;
    before = now;
    BufferedImage image =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setDataElements(0, 0, width, height, shown);
    writer.writeToSequence(new IIOImage(image, null, metadata(image, hundredths, first)), null);
  }

  private byte nearest(int rgb) {
    int best = 1;
    long least = Long.MAX_VALUE;
    for (int i = 1; i < palette.getMapSize(); i++) {
      long red = palette.getRed(i) - (rgb >> 16 & 0xff);
      long green = palette.getGreen(i) - (rgb >> 8 & 0xff);
      long blue = palette.getBlue(i) - (rgb & 0xff);
      long distance = 2 * red * red + 4 * green * green + 3 * blue * blue;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return (byte) best;
  }

  private IIOMetadata metadata(BufferedImage image, int hundredths, boolean first)
      throws IOException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(
            ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    IIOMetadataNode control = child(root, "GraphicControlExtension");
    control.setAttribute("disposalMethod", "doNotDispose");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "TRUE");
    control.setAttribute("transparentColorIndex", String.valueOf(TRANSPARENT));
    control.setAttribute("delayTime", String.valueOf(hundredths));
    if (first) {
      IIOMetadataNode repeat = new IIOMetadataNode("ApplicationExtension");
      repeat.setAttribute("applicationID", "NETSCAPE");
      repeat.setAttribute("authenticationCode", "2.0");
      repeat.setUserObject(new byte[] {1, 0, 0});
      child(root, "ApplicationExtensions").appendChild(repeat);
    }
    metadata.setFromTree(format, root);
    return metadata;
  }

  private static IIOMetadataNode child(IIOMetadataNode root, String name) {
    for (int i = 0; i < root.getLength(); i++) {
      if (root.item(i).getNodeName().equals(name)) {
        return (IIOMetadataNode) root.item(i);
      }
    }
    IIOMetadataNode made = new IIOMetadataNode(name);
    root.appendChild(made);
    return made;
  }

  @Override
  public void close() throws IOException {
    try (file) {
      writer.endWriteSequence();
      out.close();
    } finally {
      writer.dispose();
    }
  }
}
