"""Image files are found in one order and opened one way."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.dataset.headers import look
from studio.dataset.images import find_images, load_rgb
from studio.errors import UserError

RED, BLUE = (250, 0, 0), (0, 0, 250)


def save(
    path: Path, size: tuple[int, int] = (32, 24), colour: object = RED, mode: str = "RGB", **kwargs: object
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, **kwargs)  # type: ignore[arg-type]
    return path


def bomb(path: Path, width: int = 30_000, height: int = 30_000) -> Path:
    """A PNG of a few bytes whose header claims 900 million pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


class TestFinding:
    def test_keys_are_sorted_and_have_forward_slashes(self, tmp_path: Path) -> None:
        for name in ("b/2.png", "a/10.png", "a/2.JPG", "c.png"):
            save(tmp_path / name, format="PNG")
        assert find_images(tmp_path).keys == ("a/10.png", "a/2.JPG", "b/2.png", "c.png")

    def test_hidden_files_and_folders_are_never_seen(self, tmp_path: Path) -> None:
        for name in (".a.png", ".cache/b.png", "__MACOSX/c.png", "d.png"):
            save(tmp_path / name)
        found = find_images(tmp_path)
        assert found.keys == ("d.png",)
        assert found.left_out == ()

    def test_links_are_named_and_not_followed(self, tmp_path: Path) -> None:
        save(tmp_path / "in/a.png")
        (tmp_path / "in/round").symlink_to(tmp_path)
        (tmp_path / "in/b.png").symlink_to(tmp_path / "in/a.png")
        found = find_images(tmp_path)
        assert found.keys == ("in/a.png",)
        assert [key for key, _ in found.left_out] == ["in/b.png", "in/round"]

    def test_kinds_that_are_not_read_are_named(self, tmp_path: Path) -> None:
        (tmp_path / "a.heic").write_bytes(b"x")
        (tmp_path / "notes.txt").write_text("x")
        ((key, why),) = find_images(tmp_path).left_out
        assert key == "a.heic"
        assert "HEIC" in why

    def test_a_project_beside_the_photos_is_no_data(self, tmp_path: Path) -> None:
        save(tmp_path / "ants/a.png")
        save(tmp_path / "mine.thaw/trash/b.png")
        (tmp_path / "mine.thaw/recipe.toml").write_text("")
        assert find_images(tmp_path).keys == ("ants/a.png",)

    def test_a_missing_folder_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="is not there"):
            find_images(tmp_path / "gone")


class TestOpening:
    def test_a_photo_on_its_side_is_turned_upright(self, tmp_path: Path) -> None:
        picture = Image.new("RGB", (40, 20), RED)
        picture.paste(BLUE, (0, 0, 20, 20))  # blue on the left as stored
        exif = Image.Exif()
        exif[0x0112] = 6  # shown turned a quarter clockwise: left becomes top
        picture.save(tmp_path / "turned.png", exif=exif)
        opened = load_rgb(tmp_path / "turned.png")
        assert opened.size == (20, 40)
        assert opened.getpixel((10, 5)) == BLUE
        assert opened.getpixel((10, 35)) == RED
        assert look(tmp_path / "turned.png").orientation == 6

    def test_16_bits_are_stretched_instead_of_clipped(self, tmp_path: Path) -> None:
        values = np.array([[1000, 2000], [3000, 5000]], dtype=np.uint16)
        Image.fromarray(values).save(tmp_path / "deep.png")
        opened = np.asarray(load_rgb(tmp_path / "deep.png"))[..., 0]
        assert opened.tolist() == [[0, 64], [128, 255]]
        assert look(tmp_path / "deep.png").deep

    def test_floats_between_0_and_1_are_not_black(self, tmp_path: Path) -> None:
        values = np.array([[0.0, 0.5], [1.0, np.nan]], dtype=np.float32)
        Image.fromarray(values).save(tmp_path / "float.tiff")
        assert np.asarray(load_rgb(tmp_path / "float.tiff"))[..., 0].tolist() == [[0, 128], [255, 0]]

    def test_an_even_deep_image_opens(self, tmp_path: Path) -> None:
        Image.fromarray(np.full((4, 4), 70, dtype=np.uint16)).save(tmp_path / "even.png")
        assert load_rgb(tmp_path / "even.png").getextrema() == ((0, 0), (0, 0), (0, 0))

    def test_printing_colours_become_screen_colours(self, tmp_path: Path) -> None:
        path = save(tmp_path / "cmyk.jpg", mode="CMYK", colour=(0, 255, 255, 0), quality=95)
        red, green, blue = load_rgb(path).getpixel((5, 5))  # type: ignore[misc]
        assert red > 240
        assert max(green, blue) < 15
        assert look(path).mode == "CMYK"

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "YCbCr"])
    def test_every_mode_becomes_rgb(self, tmp_path: Path, mode: str) -> None:
        suffix = "tiff" if mode == "YCbCr" else "png"
        Image.new("RGB", (8, 8), RED).convert(mode).save(tmp_path / f"a.{suffix}")
        assert load_rgb(tmp_path / f"a.{suffix}").mode == "RGB"

    def test_a_bomb_is_refused_by_its_header(self, tmp_path: Path) -> None:
        path = bomb(tmp_path / "bomb.png")
        assert path.stat().st_size < 200
        assert look(path).trouble == "bomb"
        with pytest.raises(UserError, match=r"bomb\.png.*larger than"):
            load_rgb(path)

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    def test_an_image_just_over_the_limit_is_refused_too(self, tmp_path: Path) -> None:
        path = bomb(tmp_path / "large.png", 12_000, 10_000)
        assert look(path).trouble == "bomb"
        with pytest.raises(UserError, match="larger than"):
            load_rgb(path)

    def test_a_broken_image_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "broken.jpg").write_bytes(b"not an image")
        with pytest.raises(UserError, match=r"broken\.jpg cannot be read"):
            load_rgb(tmp_path / "broken.jpg")
        with pytest.raises(UserError, match=r"gone\.jpg is not there"):
            load_rgb(tmp_path / "gone.jpg")


class TestLooking:
    @pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.gif", "a.bmp", "a.tiff", "a.webp"])
    def test_whole_files_are_whole(self, tmp_path: Path, name: str) -> None:
        header = look(save(tmp_path / name))
        assert header.trouble == ""
        assert (header.width, header.height) == (32, 24)

    @pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tiff", "a.webp"])
    def test_files_cut_short_are_found(self, tmp_path: Path, name: str) -> None:
        noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
        path = tmp_path / name
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        assert look(path).trouble in ("truncated", "unreadable")

    def test_a_jpeg_with_something_after_its_end_is_whole(self, tmp_path: Path) -> None:
        path = save(tmp_path / "a.jpg")
        path.write_bytes(path.read_bytes() + b"appended by a camera" * 9)
        assert look(path).trouble == ""

    def test_a_file_without_content_is_empty(self, tmp_path: Path) -> None:
        (tmp_path / "a.jpg").touch()
        assert look(tmp_path / "a.jpg").trouble == "empty"

    def test_a_gif_named_jpg_is_a_gif(self, tmp_path: Path) -> None:
        header = look(save(tmp_path / "a.jpg", format="GIF"))
        assert header.trouble == ""
        assert header.format == "GIF"
        assert header.named_as("a.jpg") == "JPEG"
        assert look(save(tmp_path / "b.jpeg")).named_as("b.jpeg") == ""

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
            (b"<!DOCTYPE html><html>404</html>", "web page"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ],
    )
    def test_what_only_calls_itself_an_image_is_told(
        self, tmp_path: Path, content: bytes, words: str
    ) -> None:
        (tmp_path / "a.jpg").write_bytes(content)
        header = look(tmp_path / "a.jpg")
        assert header.trouble == "unreadable"
        assert words in header.why

    def test_looking_never_raises(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(1)
        whole = save(tmp_path / "w.png").read_bytes()
        for n in range(60):
            damaged = bytearray(whole)
            for at in rng.integers(0, len(damaged), 6):
                damaged[at] = int(rng.integers(0, 256))
            (tmp_path / f"{n}.png").write_bytes(damaged)
            look(tmp_path / f"{n}.png")
        assert look(tmp_path / "gone.png").trouble == "missing"
