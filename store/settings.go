package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// PutSetting keeps a value of the desk by its name, as JSON.
func (s *Store) PutSetting(ctx context.Context, name string, value any) error {
	data, err := json.Marshal(value)
	if err == nil {
		_, err = s.db.ExecContext(ctx, `INSERT OR REPLACE INTO desk_settings (name, value, changed) VALUES (?,?,?)`, name, string(data), s.stamp())
	}
	if err != nil {
		return fmt.Errorf("store setting %s: %w", name, err)
	}
	return nil
}

// Setting reads a value into to, which stays as it is when there is none.
func (s *Store) Setting(ctx context.Context, name string, to any) error {
	var data string
	err := s.db.QueryRowContext(ctx, `SELECT value FROM desk_settings WHERE name = ?`, name).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(data), to)
	}
	if err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return nil
}
