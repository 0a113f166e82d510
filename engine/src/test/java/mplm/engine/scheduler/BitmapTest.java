// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.testng.annotations.Test;

public class BitmapTest {
  @Test
  public void agreesWithABitSet() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      int pages = random.nextInt(300);
      Bitmap bitmap = new Bitmap(pages);
      BitSet expected = new BitSet();
      for (int change = 0; change < 10; change++) {
        int first = random.nextInt(pages + 1);
        int count = random.nextInt(pages - first + 1);
        if (random.nextBoolean()) {
          bitmap.set(first, count);
          expected.set(first, first + count);
        } else {
          bitmap.clear(first, count);
          expected.clear(first, first + count);
        }
      }
      for (int page = 0; page < pages; page++) {
        assertThat(bitmap.get(page)).as("page %d of %d", page, pages).isEqualTo(expected.get(page));
      }
      assertThat(bitmap.count()).isEqualTo(expected.cardinality());
      assertThat(bitmap.toBitSet()).isEqualTo(expected);
      bitmap.set(0, pages);
      bitmap.assign(expected);
      assertThat(bitmap.toBitSet()).isEqualTo(expected);
    }
  }

  @Test
  public void pagesOutsideAreRefused() {
    Bitmap bitmap = new Bitmap(65);
    assertThatThrownBy(() -> bitmap.get(65)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> bitmap.set(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> bitmap.clear(64, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    BitSet outside = new BitSet();
    outside.set(65);
    assertThatThrownBy(() -> bitmap.assign(outside)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
