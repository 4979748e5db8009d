import { Redirect } from 'wouter';
import { linkTo } from '../url/use-url.ts';

/** The first screen of the administration. */
export default function AdminScreen() {
  return <Redirect to={linkTo('/admin/credentials')} replace />;
}
