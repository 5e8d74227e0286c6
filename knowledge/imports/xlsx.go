package imports

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook, which is a ZIP archive.
const (
	maxUnpacked = 256 << 20 // bytes of all its parts
	maxPart     = 64 << 20
	maxParts    = 2000
	maxRatio    = 200 // unpacked to packed, beyond the first MB
)

// readXLSX reads the first sheet with a head that is known. Formulas count with
// the value they had when the file was saved.
func (in *input) readXLSX(data []byte) {
	if err := harmless(data); err != nil {
		in.broken(in.at(0), "%v", err)
		return
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		in.broken(in.at(0), "is no readable workbook: %v", err)
		return
	}
	defer f.Close()
	sheets := f.GetSheetList()
	for i, sheet := range sheets {
		part := &input{Options: in.Options, name: in.name, ctx: in.ctx}
		if len(sheets) > 1 {
			part.name = fmt.Sprintf("%s[%s]", in.name, sheet)
		}
		found := part.readSheet(f, sheet)
		if !found && (i+1 < len(sheets) || len(in.Drafts) > 0) {
			continue // a cover sheet, or notes behind the table
		}
		in.Result.Add(part.Result)
	}
}

// harmless refuses archives that unpack to far more than they are.
func harmless(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("is no workbook (XLSX): %w", err)
	}
	if len(z.File) > maxParts {
		return fmt.Errorf("has %d parts; no table needs so many", len(z.File))
	}
	var all uint64
	for _, part := range z.File {
		size := part.UncompressedSize64
		if size > maxPart || size > 1<<20 && size/maxRatio > part.CompressedSize64 {
			return fmt.Errorf("%q unpacks to %d MB: refused as a decompression bomb", shorten(part.Name), size>>20)
		}
		all += size
	}
	if all > maxUnpacked {
		return fmt.Errorf("unpacks to more than %d MB: refused as a decompression bomb", maxUnpacked>>20)
	}
	return nil
}

// readSheet reports whether the sheet has a head that is known.
func (in *input) readSheet(f *excelize.File, sheet string) bool {
	rows, err := f.Rows(sheet)
	if err != nil {
		in.broken(in.at(0), "sheet %q: %v", sheet, err)
		return true
	}
	defer rows.Close()
	t := in.newTable()
	for line := 1; rows.Next() && in.ctx() == nil; line++ {
		cells, err := rows.Columns()
		if err != nil {
			in.broken(in.at(line), "is not readable: %v", err)
			return true
		}
		if !t.row(line, cells) {
			return false
		}
	}
	if err := rows.Error(); err != nil {
		in.broken(in.at(0), "sheet %q is not readable: %v", sheet, err)
		return true
	}
	t.end()
	return t.fields != nil
}
