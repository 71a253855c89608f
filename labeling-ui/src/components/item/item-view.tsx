import { useEffect, useMemo, useRef, useState } from 'react';
import { strings } from '../../lib/strings.ts';
import { grayToRgba, isSafePng, parseGrayType } from './gray-image.ts';

interface ItemViewProps {
  mediaType: string;
  bytes: Uint8Array;
  alt?: string;
}

/** Shows decrypted bytes as what they are: text as text nodes, images as pixels. Nothing is ever run or inlined. */
export function ItemView({ mediaType, bytes, alt = strings.label.itemAlt }: ItemViewProps) {
  const size = parseGrayType(mediaType);
  if (size !== null) {
    const rgba = grayToRgba(bytes, size);
    return rgba === null ? <Broken /> : <GrayCanvas rgba={rgba} {...size} alt={alt} />;
  }
  if (mediaType === 'image/png') return isSafePng(bytes) ? <PngImage bytes={bytes} alt={alt} /> : <Broken />;
  if (mediaType.startsWith('text/')) return <TextItem bytes={bytes} />;
  return <p className="item-problem">{strings.label.itemUnknown(mediaType)}</p>;
}

function Broken() {
  return <p className="item-problem">{strings.label.itemBroken}</p>;
}

interface GrayCanvasProps {
  rgba: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
  alt: string;
}

/** Drawn at its own size; the style sheet scales it without smoothing. */
function GrayCanvas({ rgba, width, height, alt }: GrayCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return <canvas ref={canvas} className="item-image crisp" width={width} height={height} role="img" aria-label={alt} />;
}

function PngImage({ bytes, alt }: { bytes: Uint8Array; alt: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return url === null ? null : <img className="item-image" src={url} alt={alt} />;
}

function TextItem({ bytes }: { bytes: Uint8Array }) {
  const text = useMemo(() => new TextDecoder().decode(bytes), [bytes]);
  return (
    <pre className="item-text" aria-label={strings.label.itemText} tabIndex={0}>
      {text}
    </pre>
  );
}
